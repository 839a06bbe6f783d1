using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class GeneratedMapNameTests
{
    [Theory]
    [InlineData("generated:1024x768@7", 1024, 768, 7)]
    [InlineData("GENERATED:16X4096@18446744073709551615", 16, 4096, ulong.MaxValue)]
    public void TryParse_Name_IsRead(string text, int width, int height, ulong seed)
    {
        Assert.True(GeneratedMapName.TryParse(text, out var name, out var problem));
        Assert.Null(problem);
        Assert.Equal(new GeneratedMapName(width, height, seed), name);
        Assert.Equal(text.ToLowerInvariant(), name.ToString());
    }

    [Theory]
    [InlineData("generated:", "write generated:WIDTHxHEIGHT@SEED")]
    [InlineData("generated:64@3", "write generated:WIDTHxHEIGHT@SEED")]
    [InlineData("generated:64x64", "write generated:WIDTHxHEIGHT@SEED")]
    [InlineData("world.tmx", "write generated:WIDTHxHEIGHT@SEED")]
    [InlineData("generated:15x64@1", "give 16 to 4096 tiles")]
    [InlineData("generated:64x4097@1", "give 16 to 4096 tiles")]
    [InlineData("generated:-64x64@1", "give 16 to 4096 tiles")]
    [InlineData("generated:99999999999x64@1", "give 16 to 4096 tiles")]
    [InlineData("generated:64x64@", "give a whole number")]
    [InlineData("generated:64x64@-1", "give a whole number")]
    [InlineData("generated:64x64@18446744073709551616", "give a whole number")]
    public void TryParse_BrokenName_SaysWhatToWrite(string text, string advice)
    {
        Assert.False(GeneratedMapName.TryParse(text, out _, out var problem));
        Assert.Contains(advice, problem, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Name_IsTheMapsName() =>
        Assert.Equal("generated:16x20@3", new GeneratedMapName(16, 20, 3).Generate().Name);
}
