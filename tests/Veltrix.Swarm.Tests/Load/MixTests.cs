using Veltrix.Commands.Swarm.Load;
using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Load;

public sealed class MixTests
{
    [Theory]
    [InlineData("move=80,look=10,drop=6,dig=4")]
    [InlineData("move=1")]
    [InlineData(" move = 3 , where = 1 ")]
    [InlineData("dig=0,look=2")]
    public void Problem_MixThatFits_IsNull(string text)
    {
        Assert.Null(Mix.Problem(text, out var mix));
        Assert.NotNull(mix);
    }

    [Theory]
    [InlineData("", "KIND=WEIGHT")]
    [InlineData("move", "KIND=WEIGHT")]
    [InlineData("move=80,,dig=4", "KIND=WEIGHT")]
    [InlineData("fly=3", "'fly=3'")]
    [InlineData("Move=3", "'Move=3'")]
    [InlineData("move=-3", "'-3'")]
    [InlineData("move=1.5", "'1.5'")]
    [InlineData("move=99999999", "'99999999'")]
    [InlineData("move=", "''")]
    [InlineData("move=1,move=2", "twice")]
    [InlineData("move=0,dig=0", "0")]
    public void Problem_MixThatDoesNotFit_NamesThePart(string text, string part)
    {
        var problem = Mix.Problem(text, out var mix);

        Assert.Null(mix);
        Assert.NotNull(problem);
        Assert.Contains(part, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Pick_ManyTimes_KeepsTheProportions()
    {
        Assert.Null(Mix.Problem("move=80,look=10,drop=6,dig=4", out var mix));
        var random = new SeededRandom(7);
        var counts = new int[8];
        for (var i = 0; i < 100_000; i++)
        {
            counts[(int)mix!.Pick(ref random)]++;
        }

        Assert.InRange(counts[(int)CommandKind.Move], 79_000, 81_000);
        Assert.InRange(counts[(int)CommandKind.Look], 9_500, 10_500);
        Assert.InRange(counts[(int)CommandKind.DropClue], 5_600, 6_400);
        Assert.InRange(counts[(int)CommandKind.Dig], 3_700, 4_300);
        Assert.Equal(0, counts[(int)CommandKind.Where]);
    }
}
