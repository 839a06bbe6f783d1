using Veltrix.Commands.Swarm.Audit;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Contracts;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Audit;

public sealed class ExportLineTests
{
    private const string Line =
        """
        {"hunt":"h","shard":3,"position":12,"at":1700000000000,"operation":"0123456789abcdef0123456789abcdef/42","kind":"claim","player":"ann","x":5,"y":6,"region":2,"points":40,"treasure":17,"generation":0,"text":null,"textDigest":"","previous":"00ff","hash":"aa01"}
        """;

    [Fact]
    public void Read_ClaimLine_GivesTheEntry()
    {
        var entry = ExportLine.Read(Line, new HuntId("h"), 1);

        Assert.Equal((3, 12L, 1_700_000_000_000L), (entry.Shard, entry.Position, entry.At));
        Assert.Equal("0123456789abcdef0123456789abcdef/42", entry.Content.Operation.ToString());
        Assert.Equal((EntryKind.Claim, "ann", Tile.At(5, 6), 2, 40L, 17, 0), (
            entry.Content.Kind, entry.Content.Player.Value, entry.Content.Tile, entry.Content.Region, entry.Content.Points, entry.Content.Treasure, entry.Content.Generation));
        Assert.Null(entry.Content.Text);
        Assert.Empty(entry.TextDigest);
        Assert.Equal([0, 255], entry.Previous);
        Assert.Equal([170, 1], entry.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Read_BrokenLine_SaysItsNumber(string line) =>
        Assert.Contains("Line 7 ", Assert.Throws<OperatorException>(() => ExportLine.Read(line, new HuntId("h"), 7)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("claim", "theft")]
    [InlineData("/42", "-42")]
    [InlineData("00ff", "00f")]
    [InlineData("\"x\":5", "\"x\":70000")]
    public void Read_LineWithABrokenField_IsRefused(string good, string bad) =>
        Assert.Throws<OperatorException>(() => ExportLine.Read(Line.Replace(good, bad, StringComparison.Ordinal), new HuntId("h"), 1));
}
