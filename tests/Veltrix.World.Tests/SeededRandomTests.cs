using CsCheck;

namespace Veltrix.World.Tests;

public class SeededRandomTests
{
    [Fact]
    public void NextUInt64_KnownSeed_IsSplitMix64()
    {
        var random = new SeededRandom(1234567);
        ulong[] drawn = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], drawn);
    }

    [Fact]
    public void Between_AnyRange_StaysInIt() =>
        Gen.Select(Gen.ULong, Gen.Int[-1000, 1000], Gen.Int[0, 1000]).Sample((seed, low, size) =>
        {
            var random = new SeededRandom(seed);
            var drawn = random.Between(low, low + size);
            return drawn >= low && drawn <= low + size;
        });

    [Fact]
    public void NextDouble_ManyDraws_AreSpreadFromZeroToBelowOne()
    {
        var random = new SeededRandom(3);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToArray();
        Assert.All(drawn, value => Assert.InRange(value, 0, 1 - 1e-16));
        Assert.InRange(drawn.Average(), 0.49, 0.51);
    }

    [Fact]
    public void Next_EachNumber_IsAsLikely()
    {
        var random = new SeededRandom(5);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Next_BoundBelowOne_IsAnError(int bound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).Next(bound));
}
