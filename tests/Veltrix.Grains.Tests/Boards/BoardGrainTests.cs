using System.Collections.Immutable;
using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Boards;

[Collection(ClockCollection.Name)]
public sealed class BoardGrainTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Top_EntriesBeforeActivation_HasThem()
    {
        var hunt = await _cluster.NewHuntAsync();
        await AppendAsync(hunt, 0, "ada", 10, 20);
        await AppendAsync(hunt, 2, "bob", 50);

        var page = await _cluster.Grains.Board(hunt.Id).TopAsync(10);

        Assert.Equal(["1 bob 50", "2 ada 30"], page.Standings.Select(Show));
        Assert.Equal((2, 3L, 80L), (page.Players, page.Entries, page.Points));
    }

    [Fact]
    public async Task Record_InOrderRepeatedAndOverlapping_CountsEachEntryOnce()
    {
        var hunt = await _cluster.NewHuntAsync();
        var board = _cluster.Grains.Board(hunt.Id);
        await board.TopAsync(1);
        var entries = await AppendAsync(hunt, 1, "ada", 1, 2, 4, 8);

        await RecordAsync(board, 1, entries[..2]);
        await RecordAsync(board, 1, entries[..2]);
        await RecordAsync(board, 1, entries[1..3]);
        await RecordAsync(board, 1, entries[3..]);

        var page = await board.TopAsync(10);
        Assert.Equal(["1 ada 15"], page.Standings.Select(Show));
        Assert.Equal((4L, 4), (page.Entries, page.Standings[0].Total.Finds));
    }

    [Fact]
    public async Task Record_AfterALostCall_ReadsWhatIsMissing()
    {
        var hunt = await _cluster.NewHuntAsync();
        var board = _cluster.Grains.Board(hunt.Id);
        await board.TopAsync(1);
        var entries = await AppendAsync(hunt, 3, "ada", 1, 2, 4);

        await RecordAsync(board, 3, entries[2..]);

        Assert.Equal(["1 ada 7"], (await board.TopAsync(10)).Standings.Select(Show));
    }

    [Fact]
    public async Task Board_LastCallWasLost_CatchesUpByItself()
    {
        var hunt = await _cluster.NewHuntAsync();
        var board = _cluster.Grains.Board(hunt.Id);
        await board.TopAsync(1);
        await AppendAsync(hunt, 3, "ada", 5);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(5));

        // The tick was queued before this call, and does not interleave with it.
        Assert.Equal(["1 ada 5"], (await board.TopAsync(10)).Standings.Select(Show));
    }

    [Fact]
    public async Task Record_Correction_MayLowerATotal()
    {
        var hunt = await _cluster.NewHuntAsync();
        var board = _cluster.Grains.Board(hunt.Id);
        await AppendAsync(hunt, 0, "ada", 10);
        await AppendAsync(hunt, 1, "bob", 8);
        await board.TopAsync(1);

        await board.RecordAsync(0, 2, 2, [new ScoredEntry(new PlayerId("ada"), -5, false, 99)]);

        Assert.Equal(["1 bob 8", "2 ada 5"], (await board.TopAsync(10)).Standings.Select(Show));
    }

    [Fact]
    public async Task Around_APlayer_GivesThoseNextToThem()
    {
        var hunt = await _cluster.NewHuntAsync();
        for (var i = 0; i < 9; i++)
        {
            await AppendAsync(hunt, 0, $"p{i}", 100 - i);
        }

        var board = _cluster.Grains.Board(hunt.Id);
        Assert.Equal(["3 p2 98", "4 p3 97", "5 p4 96"], (await board.AroundAsync(new PlayerId("p3"), 1)).Standings.Select(Show));
        Assert.Equal(["1 p0 100", "2 p1 99", "3 p2 98"], (await board.AroundAsync(new PlayerId("p0"), 2)).Standings.Select(Show));
        Assert.Equal(["9 p8 92"], (await board.AroundAsync(new PlayerId("p8"), 0)).Standings.Select(Show));
        var nobody = await board.AroundAsync(new PlayerId("nobody"), 5);
        Assert.Empty(nobody.Standings);
        Assert.Equal(9, nobody.Players);
    }

    private async Task<ImmutableArray<LedgerEntry>> AppendAsync(TestHunt hunt, int shard, string player, params long[] points)
    {
        var start = await _cluster.Ledger.ReadAsync(hunt.Id, shard, 0, 1000);
        var drafts = points.Select((value, i) => new EntryDraft(
            new OperationId(hunt.NewSession(), 1), EntryKind.Claim, new PlayerId(player), default(Tile), 0, value, (shard * 1000) + start.Length + i));
        await _cluster.Ledger.AppendAsync(hunt.Id, shard, [.. drafts]);
        return await _cluster.Ledger.ReadAsync(hunt.Id, shard, start.Length, 1000);
    }

    private static ValueTask RecordAsync(IBoardGrain board, int shard, ImmutableArray<LedgerEntry> entries) => board.RecordAsync(
        shard,
        entries[0].Position,
        entries[^1].Position,
        [.. entries.Select(entry => new ScoredEntry(entry.Content.Player, entry.Content.Points, true, entry.At))]);

    private static string Show(Standing standing) => $"{standing.Rank} {standing.Total.Player} {standing.Total.Points}";
}
