using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Stores;

/// <summary>The promises of <see cref="ILedgerStore"/>, for every store that makes them.</summary>
public abstract class LedgerStoreConformance
{
    /// <summary>The store under test.</summary>
    protected abstract ILedgerStore Store { get; }

    /// <summary>A second client of the same database, as another activation in another process has.</summary>
    protected abstract ILedgerStore Rival { get; }

    [Fact]
    public async Task Commit_FreshGroup_IsRecordedInOrder()
    {
        var outcome = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, treasure: 7), Clue(2)));

        Assert.Equal(CommitStatus.Committed, outcome.Status);
        Assert.Equal(
            [new EntryReceipt(EntryStatus.Recorded, 1, 5, 1_000), new EntryReceipt(EntryStatus.Recorded, 2, 0, 1_000)], outcome.Receipts);
        Assert.Equal((2, 5, 1_000, false), (outcome.Head.Entries, outcome.Head.Points, outcome.Head.At, outcome.Head.Sealed));
        Assert.Equivalent(outcome.Head, await Rival.LoadHeadAsync(Hunt, 0), strict: true);
    }

    [Fact]
    public async Task Commit_EmptyGroup_ChangesNothing()
    {
        var outcome = await Store.CommitAsync(Group(ChainHead.Empty));

        Assert.Equal((CommitStatus.Committed, ChainHead.Empty), (outcome.Status, outcome.Head));
        Assert.Empty(outcome.Receipts);
    }

    [Fact]
    public async Task Read_AfterCommit_GivesTheChain()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, treasure: 7), Clue(2, "ein Hünengrab ⛏"), Clue(3, "")));

        var entries = await Store.ReadAsync(Hunt, 0, after: 0, limit: 10);

        using var chain = new LedgerChain();
        Assert.Equal([1, 2, 3], entries.Select(entry => entry.Position));
        Assert.All(entries, entry => Assert.True(chain.Holds(entry)));
        Assert.Equal(LedgerChain.Genesis, entries[0].Previous);
        Assert.Equal(entries[1].Hash, entries[2].Previous);
        Assert.Equal(Clue(2, "ein Hünengrab ⛏"), entries[1].Content);
        Assert.Equal(32, entries[1].TextDigest.Length);
        Assert.Empty(entries[0].TextDigest);
        Assert.Equal("", entries[2].Content.Text);
        Assert.Equivalent(entries[1..2], await Store.ReadAsync(Hunt, 0, after: 1, limit: 1), strict: true);
        Assert.Empty(await Store.ReadAsync(Hunt, 0, after: 3, limit: 1));
        Assert.Empty(await Store.ReadAsync(new HuntId("other"), 0, after: 0, limit: 1));
    }

    [Fact]
    public async Task Commit_SameOperationAgain_IsRepeatedWithTheFirstReceipt()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, treasure: 7)));

        var second = await Store.CommitAsync(Group(first.Head, Claim(1, treasure: 7), Claim(2, treasure: 8)) with { At = 2_000 });

        Assert.Equal(
            [new EntryReceipt(EntryStatus.Repeated, 1, 5, 1_000), new EntryReceipt(EntryStatus.Recorded, 2, 5, 2_000)], second.Receipts);
    }

    [Fact]
    public async Task Commit_SameOperationTwiceInOneGroup_IsRecordedOnce()
    {
        var outcome = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1), Clue(1), Clue(2)));

        Assert.Equal([EntryStatus.Recorded, EntryStatus.Repeated, EntryStatus.Recorded], outcome.Statuses());
        Assert.Equal([1, 1, 2], outcome.Receipts.Select(receipt => receipt.Position));
    }

    [Fact]
    public async Task Commit_SameOperationInAnotherShard_IsRepeated()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        var other = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)) with { Shard = 3 });

        Assert.Equal([new EntryReceipt(EntryStatus.Repeated, 1, 0, 1_000)], other.Receipts);
        Assert.Equal(0, other.Head.Entries);
    }

    [Fact]
    public async Task Commit_SameOperationInAnotherHunt_IsRecorded()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, 7)));

        var other = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, 7)) with { Hunt = new HuntId("other") });

        Assert.Equal([EntryStatus.Recorded], other.Statuses());
    }

    [Fact]
    public async Task Commit_ClaimOfAClaimedGeneration_IsTakenWithTheWinnersTime()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, treasure: 7, session: 1)));

        var late = Group(ChainHead.Empty, Claim(1, 7, session: 2), Claim(2, 7, generation: 1, session: 2), Claim(3, 7, generation: 1, session: 2));
        var loser = await Store.CommitAsync(late with { Shard = 1, At = 5_000 });

        Assert.Equal(
            [
                new EntryReceipt(EntryStatus.Taken, At: 1_000),
                new EntryReceipt(EntryStatus.Recorded, 1, 5, 5_000),
                new EntryReceipt(EntryStatus.Taken, At: 5_000),
            ],
            loser.Receipts);
    }

    [Fact]
    public async Task Commit_FromAStaleHead_IsFencedWhole()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        var stale = await Rival.CommitAsync(Group(ChainHead.Empty, Claim(2, treasure: 7), Clue(3)));

        Assert.Equal(CommitStatus.Fenced, stale.Status);
        Assert.Empty(stale.Receipts);
        Assert.Equivalent(first.Head, await Rival.LoadHeadAsync(Hunt, 0), strict: true);
        Assert.Null(await Rival.FindAsync(Hunt, Operation(0, 2)));
    }

    [Fact]
    public async Task Commit_FromAHeadAheadOfTheShard_IsFenced()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        var ahead = await Store.CommitAsync(Group(first.Head with { Entries = 5 }, Clue(2)));

        Assert.Equal(CommitStatus.Fenced, ahead.Status);
        Assert.Null(await Store.FindAsync(Hunt, Operation(0, 2)));
    }

    [Fact]
    public async Task Commit_OnlyRepeatsFromAStaleHead_AnswersThem()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        var stale = await Rival.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        Assert.Equal([new EntryReceipt(EntryStatus.Repeated, 1, 0, 1_000)], stale.Receipts);
    }

    [Fact]
    public async Task Commit_TwoClientsOnOneShard_NothingIsLostOrDoubled()
    {
        var tasks = new[] { Store, Rival }.Select(store => Task.Run(() => AppendAllAsync(store, 100)));

        await Task.WhenAll(tasks);

        var entries = await Store.ReadAsync(Hunt, 0, 0, 1_000);
        using var chain = new LedgerChain();
        Assert.Equal(100, entries.Length);
        Assert.Equal(100, entries.Select(entry => entry.Content.Operation).Distinct().Count());
        Assert.All(entries, entry => Assert.True(chain.Holds(entry)));

        // Both append the same operations, and read the head anew after each fence.
        static async Task AppendAllAsync(ILedgerStore store, int count)
        {
            var head = ChainHead.Empty;
            for (var next = 1; next <= count;)
            {
                var outcome = await store.CommitAsync(Group(head, Claim((ulong)next, next)));
                if (outcome.Status == CommitStatus.Fenced)
                {
                    head = await store.LoadHeadAsync(Hunt, 0);
                    continue;
                }

                Assert.True(outcome.Receipts[0].Status is EntryStatus.Recorded or EntryStatus.Repeated);
                (head, next) = (outcome.Head, next + 1);
            }
        }
    }

    [Fact]
    public async Task Commit_ManyShardsAtOnce_OneFencedDoesNotHurtTheOthers()
    {
        var moved = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        Assert.Equal(1, moved.Head.Entries);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(shard =>
            Store.CommitAsync(Group(ChainHead.Empty, Clue(10, session: shard + 100)) with { Shard = shard }).AsTask()));

        Assert.Equal(CommitStatus.Fenced, outcomes[0].Status);
        Assert.All(outcomes[1..], outcome => Assert.Equal(CommitStatus.Committed, outcome.Status));
    }

    [Fact]
    public async Task Commit_AfterASeal_AnswersRepeatsAndRecordsNothing()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1), Seal(0), Clue(2)));
        Assert.Equal([EntryStatus.Recorded, EntryStatus.Recorded, EntryStatus.Sealed], first.Statuses());
        Assert.True(first.Head.Sealed);

        var second = await Store.CommitAsync(Group(await Rival.LoadHeadAsync(Hunt, 0), Clue(3), Clue(1), Seal(0)));

        Assert.Equal([EntryStatus.Sealed, EntryStatus.Repeated, EntryStatus.Repeated], second.Statuses());
        Assert.Equivalent(first.Head, second.Head, strict: true);
    }

    [Fact]
    public async Task Commit_WhenTheHuntIsOver_TakesRepeatsAndTheSealOnly()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));

        var second = await Store.CommitAsync(Group(first.Head, Clue(1), Clue(2), Seal(0)) with { Over = true });

        Assert.Equal([EntryStatus.Repeated, EntryStatus.Sealed, EntryStatus.Recorded], second.Statuses());
    }

    [Fact]
    public async Task Commit_WithAnEarlierTime_TakesTheLastEntrysTime()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)) with { At = 9_000 });

        var second = await Store.CommitAsync(Group(first.Head, Clue(2)) with { At = 8_000 });

        Assert.Equal(9_000, second.Receipts[0].At);
    }

    [Fact]
    public async Task Commit_PointsThatOverflow_RefusesTheGroupAlone()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, 1, points: long.MaxValue)));

        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Group(first.Head, Clue(2), Claim(3, 3, points: 1))).AsTask());

        Assert.Null(await Store.FindAsync(Hunt, Operation(0, 2)));
        Assert.Equal([EntryStatus.Recorded], (await Store.CommitAsync(Group(first.Head, Clue(2)))).Statuses());
    }

    [Fact]
    public async Task Commit_TextThatIsTooLong_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Group(ChainHead.Empty, Clue(1, new string('x', 100_000)))).AsTask());

    [Fact]
    public async Task EraseText_OfAClue_RemovesItAndTheChainHolds()
    {
        await Store.CommitAsync(Group(ChainHead.Empty, Clue(1, "secret"), Claim(2, 7)));

        Assert.True(await Store.EraseTextAsync(Hunt, 0, 1));
        Assert.True(await Store.EraseTextAsync(Hunt, 0, 1));
        Assert.False(await Store.EraseTextAsync(Hunt, 0, 2));
        Assert.False(await Store.EraseTextAsync(Hunt, 0, 3));
        Assert.False(await Store.EraseTextAsync(new HuntId("other"), 0, 1));

        var entries = await Store.ReadAsync(Hunt, 0, 0, 10);
        using var chain = new LedgerChain();
        Assert.Null(entries[0].Content.Text);
        Assert.Equal(32, entries[0].TextDigest.Length);
        Assert.All(entries, entry => Assert.True(chain.Holds(entry)));
    }

    [Fact]
    public async Task ReadRegion_GivesItsClaimsAndItsNewestClues()
    {
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, 7, region: 2), Clue(2, "a", region: 2), Clue(3, "b", region: 2)));
        await Store.CommitAsync(
            Group(first.Head, Clue(4, "c", region: 2), Clue(5, "elsewhere", region: 3), Claim(6, 8, points: 9, region: 2)) with { At = 2_000 });

        var region = await Store.ReadRegionAsync(Hunt, 2, clues: 2);

        Assert.Equal(
            [new PastClaim(7, 0, 1_000, new PlayerId("ada"), 5), new PastClaim(8, 0, 2_000, new PlayerId("ada"), 9)], region.Claims);
        Assert.Equal(["b", "c"], region.Clues.Select(clue => clue.Text));
        Assert.Equal(Operation(0, 3), region.Clues[0].Operation);
        Assert.Empty((await Store.ReadRegionAsync(Hunt, 9, clues: 2)).Clues);
    }

    [Fact]
    public async Task ReadTotals_SumsWhatScored()
    {
        var ada = await Store.CommitAsync(Group(ChainHead.Empty, Claim(1, 7), Claim(2, 8, points: 9)));
        await Store.CommitAsync(Group(ada.Head, Clue(3)) with { At = 3_000 });
        var correction = new EntryDraft(Operation(9, 1), EntryKind.Correction, new PlayerId("bob"), default, 0, -4);
        await Store.CommitAsync(Group(ChainHead.Empty, correction, Clue(5, player: "eve")) with { Shard = 2 });

        var totals = await Store.ReadTotalsAsync(Hunt);

        Assert.Equal(
            [new PlayerTotal(new PlayerId("ada"), 14, 2, 1_000), new PlayerTotal(new PlayerId("bob"), -4, 0, 1_000)],
            totals.Players.OrderBy(total => total.Player.Value, StringComparer.Ordinal));
        Assert.Equal([3, 0, 2], totals.Entries);
        Assert.Equal(14, await Store.ReadPointsAsync(Hunt, 0, new PlayerId("ada")));
        Assert.Equal(0, await Store.ReadPointsAsync(Hunt, 0, new PlayerId("eve")));
        Assert.Equal(0, await Store.ReadPointsAsync(new HuntId("other"), 0, new PlayerId("ada")));
    }
}
