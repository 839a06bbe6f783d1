using System.Globalization;
using Veltrix.Commands.Chaos.Audit;
using Veltrix.Commands.Swarm.Audit;
using Veltrix.Contracts;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Chaos;

/// <summary>Each of chaos' own checks, with what it exists to find.</summary>
public sealed class ChaosAuditTests
{
    private static readonly SessionId Ann = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly SessionId Bob = new(new Guid(2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    private readonly ScoreCheck _check = new();

    [Fact]
    public void Scores_AllThereOnce_AreFine()
    {
        _check.Add(Claim(Ann, "ann", 1, treasure: 5, points: 10));
        _check.Add(Claim(Bob, "bob", 4, treasure: 6, points: 20));
        _check.Add(Claim(Bob, "bob", 5, treasure: 5, points: 10, generation: 1));
        _check.Acknowledged(Line(Ann, "ann", 1, 10));
        _check.Acknowledged(Line(Bob, "bob", 4, 20));
        _check.Board([new BoardLine(1, "bob", 30), new BoardLine(2, "ann", 10), new BoardLine(3, "eve", 0)]);

        Assert.Empty(_check.Problems);
        Assert.Equal(3, _check.Entries);
    }

    [Fact]
    public void Scores_AcknowledgedButNotThere_AreLost()
    {
        _check.Add(Claim(Ann, "ann", 1, treasure: 5, points: 10));
        _check.Acknowledged(Line(Ann, "ann", 1, 10));
        _check.Acknowledged(Line(Ann, "ann", 2, 7));

        Assert.StartsWith("acknowledged scores that are not in the ledger: 1, such as 7 points of ann", Assert.Single(_check.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ann", 11)]
    [InlineData("bob", 10)]
    public void Scores_RecordedOtherwise_AreSaid(string player, long points)
    {
        _check.Add(Claim(Ann, player, 1, treasure: 5, points));
        _check.Acknowledged(Line(Ann, "ann", 1, 10));

        Assert.StartsWith("scores that differ from what was acknowledged: 1", Assert.Single(_check.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_OneOperationTwice_AreDoubled()
    {
        _check.Add(Claim(Ann, "ann", 1, treasure: 5, points: 10));
        _check.Add(Claim(Ann, "ann", 1, treasure: 6, points: 10));

        Assert.StartsWith("operations that are in the ledger twice: 1", Assert.Single(_check.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_OneTreasureForTwo_HaveTwoWinners()
    {
        _check.Add(Claim(Ann, "ann", 1, treasure: 5, points: 10));
        _check.Add(Claim(Bob, "bob", 1, treasure: 5, points: 10));

        Assert.StartsWith("treasures with two winners: 1, such as generation 0 of treasure 5", Assert.Single(_check.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Board_DiffersFromTheSums_IsSaid()
    {
        _check.Add(Claim(Ann, "ann", 1, treasure: 5, points: 10));
        _check.Add(Claim(Bob, "bob", 1, treasure: 6, points: 20));
        _check.Board([new BoardLine(1, "ann", 11), new BoardLine(2, "eve", 3)]);

        Assert.Equal(
            [
                "lines of the board that differ from the ledger: 1, such as ann has 11 points where the entries sum up to 10",
                "lines of the board without an entry: 1, such as eve with 3 points",
                "players who are not on the board: 1, such as bob with 20 points",
            ],
            _check.Problems);
    }

    [Fact]
    public void Findings_ManyOfOneKind_AreCountedAndTheFirstTold()
    {
        for (var i = 1ul; i <= 50; i++)
        {
            _check.Acknowledged(Line(Ann, "ann", i, 1));
        }

        var problem = Assert.Single(_check.Problems);
        Assert.Contains(": 50, such as ", problem, StringComparison.Ordinal);
        Assert.Equal(3, problem.Split(';').Length);
    }

    [Fact]
    public void Sessions_WithAllAnswersOnce_HaveNoHole() => Assert.Empty(HolesOf([1, 2, 3], sent: 3));

    [Theory]
    [InlineData(new ulong[] { 1, 3 }, "ann: answer 2 never came, answer 3 did")]
    [InlineData(new ulong[] { 1, 2, 2, 3 }, "ann: answer 2 came again, after answer 2")]
    [InlineData(new ulong[] { 2, 1, 3 }, "ann: answer 1 never came, answer 2 did")]
    [InlineData(new ulong[] { 1, 2 }, "ann: 3 commands were sent and 2 answered")]
    [InlineData(new ulong[] { }, "ann: 3 commands were sent and 0 answered")]
    public void Sessions_WithAHole_AreNamed(ulong[] answers, string said) => Assert.Equal([said], HolesOf(answers, sent: 3));

    private static IEnumerable<string> HolesOf(ulong[] answers, ulong sent)
    {
        var tally = new SessionTally(2);
        foreach (var answer in answers)
        {
            tally.Answered(0, answer);
        }

        tally.Answered(1, 1);
        return tally.Holes([("ann", sent), ("bob", 1)]);
    }

    private static EntryDraft Claim(SessionId session, string player, ulong sequence, int treasure, long points, int generation = 0) =>
        new(new OperationId(session, sequence), EntryKind.Claim, new PlayerId(player), Tile.At(1, 1), 0, points, treasure, generation);

    private static string Line(SessionId session, string player, ulong sequence, long points) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"hunt\":\"h\",\"player\":\"{player}\",\"session\":\"{session.Value:N}\",\"sequence\":{sequence},\"points\":{points},\"treasure\":1}}");
}
