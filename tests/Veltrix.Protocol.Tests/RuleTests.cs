using System.Text;

namespace Veltrix.Protocol.Tests;

public sealed class RuleTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("Dig here, 5 steps north!", true)]
    [InlineData("\U0001F469\u200D\U0001F680", true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("\u3000", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2066b", false)]
    public void ClueText_Rule_IsTheSameForBothEncodings(string text, bool acceptable)
    {
        Assert.Equal(acceptable, ClueText.IsAcceptable(text));
        Assert.Equal(acceptable ? text : null, ClueText.Decode(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void ClueText_OfHalfACharacter_BreaksTheRule()
    {
        Assert.False(ClueText.IsAcceptable("a\ud800"));
        Assert.Null(ClueText.Decode([(byte)'a', 0xED, 0xA0, 0x80]));
    }

    [Fact]
    public void ClueText_CountsScalarValues()
    {
        var longest = string.Concat(Enumerable.Repeat("\U0001F333", ProtocolLimits.TextCharacters));
        Assert.True(ClueText.IsAcceptable(longest));
        Assert.Equal(longest, ClueText.Decode(Encoding.UTF8.GetBytes(longest)));
        Assert.False(ClueText.IsAcceptable(longest + "a"));
        Assert.Null(ClueText.Decode(Encoding.UTF8.GetBytes(new string('a', ProtocolLimits.TextCharacters + 1))));
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("A.n_n-9", true)]
    [InlineData("", false)]
    [InlineData("ann bob", false)]
    [InlineData("änn", false)]
    [InlineData("a/b", false)]
    public void PlayerName_Rule_TakesAFewCharacters(string name, bool acceptable) => Assert.Equal(acceptable, PlayerName.IsAcceptable(name));

    [Fact]
    public void PlayerName_Rule_TakesThirtyTwo()
    {
        Assert.True(PlayerName.IsAcceptable(new string('a', 32)));
        Assert.False(PlayerName.IsAcceptable(new string('a', 33)));
    }

    [Fact]
    public void CloseCodes_OfThePage_AreTheCodes()
    {
        foreach (var code in Enum.GetValues<CloseCode>())
        {
            var line = $"| {(int)code} | `{CloseCodes.Of(code)}` |";
            var row = Page.Text.Split('\n').SingleOrDefault(r => r.StartsWith(line, StringComparison.Ordinal));
            Assert.True(row is not null, $"The page lacks {line}");
            var back = row.Split('|')[4].Trim();
            var expected = back.StartsWith("resume", StringComparison.Ordinal) ? ComeBack.Resume : back == "join anew" ? ComeBack.Join : ComeBack.No;
            Assert.Equal(expected, CloseCodes.After((int)code));
        }
    }

    [Theory]
    [InlineData(1000, ComeBack.No)]
    [InlineData(1001, ComeBack.Resume)]
    [InlineData(1006, ComeBack.Resume)]
    [InlineData(4999, ComeBack.Resume)]
    public void CloseCodes_OfOthers_SayWhetherToComeBack(int status, ComeBack expected) => Assert.Equal(expected, CloseCodes.After(status));

    [Fact]
    public void Results_OfThePage_AreTheCodes()
    {
        for (var result = ResultCode.Ok; result <= ResultNames.Last; result++)
        {
            Assert.Contains($"\n| {(int)result} | `{ResultNames.Of(result)}` |", Page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Limits_OfThePage_AreTheConstants()
    {
        Assert.Contains("At most 1,024 commands may be unanswered", Page.Text, StringComparison.Ordinal);
        Assert.Equal(1024, ProtocolLimits.Unanswered);
        Assert.Contains("no message is longer than 65,536 bytes", Page.Text, StringComparison.Ordinal);
        Assert.Equal(65_536, ProtocolLimits.FrameBytes);
        Assert.Contains("at most 64 players, 32 clues and 64 marks", Page.Text, StringComparison.Ordinal);
        Assert.Equal((64, 32, 64), (ProtocolLimits.PlayersListed, ProtocolLimits.CluesListed, ProtocolLimits.MarksListed));
    }
}
