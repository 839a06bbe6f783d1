using Veltrix.Contracts;

namespace Veltrix.Grains.Tests;

public sealed class IdsTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("summer-2031")]
    [InlineData("a--b")]
    [InlineData("0123456789012345678901234567890123456789")]
    public void TryParse_HuntIdOfTheRule_Takes(string text)
    {
        Assert.True(HuntId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("Summer")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("summer\n")]
    [InlineData("\nsummer")]
    [InlineData("sömmer")]
    [InlineData("01234567890123456789012345678901234567890")]
    public void TryParse_OtherHuntId_Refuses(string? text) => Assert.False(HuntId.TryParse(text, out _));

    [Theory]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData("Ann_B.-7")]
    [InlineData("01234567890123456789012345678901")]
    public void TryParse_PlayerIdOfTheRule_Takes(string text)
    {
        Assert.True(PlayerId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ann\n")]
    [InlineData("änn")]
    [InlineData("012345678901234567890123456789012")]
    public void TryParse_OtherPlayerId_Refuses(string? text) => Assert.False(PlayerId.TryParse(text, out _));
}
