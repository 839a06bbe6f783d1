using System.Globalization;

namespace Veltrix.World.Tests;

/// <summary>These values decide shards, spawns and placements of hunts that exist: they must never change.</summary>
public class StableHashTests
{
    [Theory]
    [InlineData("", "f52a15e9a9b5e89b")]
    [InlineData("anna", "8ed227c0ee63f504")]
    [InlineData("Zoë 🏝", "8e2af83242615468")]
    public void Of_Text_IsTheSameInEveryVersion(string text, string hash) =>
        Assert.Equal(hash, StableHash.Of(text).ToString("x16", CultureInfo.InvariantCulture));

    [Fact]
    public void Of_LongText_CountsEveryCharacter() =>
        Assert.NotEqual(StableHash.Of(new string('a', 5_000)), StableHash.Of(new string('a', 4_999) + "b"));

    [Theory]
    [InlineData(1, 2, "7018eb47a52c2595")]
    [InlineData(2, 1, "d04ba4a2b36a25f3")]
    public void Combine_Numbers_DependsOnTheirOrder(ulong first, ulong second, string hash) =>
        Assert.Equal(hash, StableHash.Combine(first, second).ToString("x16", CultureInfo.InvariantCulture));
}
