using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Grains;

[Collection(ShardCollection.Name)]
public sealed class LedgerShardGrainTests(ShardFixture fixture)
{
    [Fact]
    public async Task Append_NewDrafts_AreOnDiskWhenItReturns()
    {
        var hunt = fixture.NewHunt();

        var receipts = await fixture.Shard(hunt).AppendAsync([Claim(1, 7), Clue(2)]);

        Assert.Equal([(EntryStatus.Recorded, 1), (EntryStatus.Recorded, 2)], receipts.Select(receipt => (receipt.Status, receipt.Position)));
        Assert.Equal(2, (await fixture.Rival.LoadHeadAsync(hunt, 0)).Entries);
        Assert.Equal((2, 5, false), await HeadAsync(hunt));
        Assert.Equal(2, (await fixture.Shard(hunt).ReadAsync(0, 10)).Length);
    }

    [Fact]
    public async Task Append_FaultBeforeTheWrite_RetryRecordsIt()
    {
        var hunt = fixture.NewHunt();
        fixture.Store.Next(hunt, _ => throw new LedgerFaultException("The disk is gone."));

        await Assert.ThrowsAsync<LedgerFaultException>(() => AppendAsync(hunt, Claim(1, 7)));

        Assert.Equal(EntryStatus.Recorded, (await AppendAsync(hunt, Claim(1, 7)))[0].Status);
        Assert.Equal((1, 5, false), await HeadAsync(hunt));
    }

    [Fact]
    public async Task Append_ReplyLostAfterTheWrite_RetryIsRepeated()
    {
        var hunt = fixture.NewHunt();
        fixture.Store.Next(hunt, async commit =>
        {
            await commit();
            throw new LedgerFaultException("The answer is lost.");
        });

        await Assert.ThrowsAsync<LedgerFaultException>(() => AppendAsync(hunt, Claim(1, 7)));

        var receipt = (await AppendAsync(hunt, Claim(1, 7)))[0];
        Assert.Equal((EntryStatus.Repeated, 1, 5), (receipt.Status, receipt.Position, receipt.Points));
        Assert.Equal((1, 5, false), await HeadAsync(hunt));
    }

    [Fact]
    public async Task Append_SiloKilledDuringTheWrite_RetryFindsItOnce()
    {
        // A silo of its own for the one that dies: the others are shared with other tests.
        var silo = await fixture.Cluster.StartAdditionalSiloAsync();
        var hunt = fixture.NewHunt();
        var shard = fixture.Shard(hunt);
        await shard.AppendAsync([Clue(1)]);
        await fixture.Cluster.MigrateAsync(shard, silo.SiloAddress);
        await shard.HeadAsync();
        var (begun, release) = fixture.Store.Hold(hunt);
        var lost = shard.AppendAsync([Claim(2, 7)]).AsTask();
        await begun;

        await fixture.Cluster.KillSiloAsync(silo);
        release.SetResult();
        var receipt = await RetryAsync(hunt, Claim(2, 7));

        Assert.True(receipt.Status is EntryStatus.Recorded or EntryStatus.Repeated, $"The retry was {receipt.Status}.");
        Assert.Equal((2, 5, false), await HeadAsync(hunt));
        await Task.WhenAny(lost);
    }

    [Fact]
    public async Task Find_DuringTheWrite_WaitsForIt()
    {
        var hunt = fixture.NewHunt();
        var (begun, release) = fixture.Store.Hold(hunt);
        var append = AppendAsync(hunt, Claim(1, 7));
        await begun;

        var found = fixture.Shard(hunt).FindAsync(Claim(1, 7).Operation).AsTask();
        var other = await fixture.Shard(hunt).FindAsync(Claim(2, 7).Operation);
        Assert.False(found.IsCompleted);
        release.SetResult();

        Assert.Null(other);
        Assert.Equal((await append)[0] with { Status = EntryStatus.Repeated }, await found);
    }

    [Fact]
    public async Task Append_DeactivatedDuringTheWrite_IsAnswered()
    {
        var hunt = fixture.NewHunt();
        var (begun, release) = fixture.Store.Hold(hunt);
        var append = AppendAsync(hunt, Claim(1, 7));
        await begun;

        var deactivated = fixture.Cluster.DeactivateAsync(fixture.Shard(hunt));
        release.SetResult();

        Assert.Equal(EntryStatus.Recorded, (await append)[0].Status);
        await deactivated;
        Assert.Equal(EntryStatus.Repeated, (await AppendAsync(hunt, Claim(1, 7)))[0].Status);
    }

    [Fact]
    public async Task Append_AnotherActivationWrote_IsFencedAndTheRetryGoesOnAfterIt()
    {
        var hunt = fixture.NewHunt();
        var first = await AppendAsync(hunt, Clue(1));
        Assert.Equal(1, first[0].Position);
        var head = await fixture.Rival.LoadHeadAsync(hunt, 0);
        await fixture.Rival.CommitAsync(Group(head, Claim(2, 7)) with { Hunt = hunt });

        await Assert.ThrowsAsync<LedgerFaultException>(() => AppendAsync(hunt, Claim(3, 8)));

        var retry = await AppendAsync(hunt, Claim(3, 8));
        Assert.Equal((EntryStatus.Recorded, 3), (retry[0].Status, retry[0].Position));
        Assert.Equal(EntryStatus.Repeated, (await AppendAsync(hunt, Claim(2, 7)))[0].Status);
    }

    [Fact]
    public async Task Append_ManyCallsAtOnce_ShareACommitUpToTheLimitAndARepeatIsNeverBusy()
    {
        var hunt = fixture.NewHunt();
        await AppendAsync(hunt, Clue(100));
        var (begun, release) = fixture.Store.Hold(hunt);
        var underWay = AppendAsync(hunt, Clue(1));
        await begun;

        // Calls can overtake each other on their way: which of them wait and which are refused is open, how many is not.
        var calls = Enumerable.Range(0, ShardFixture.MaxWaiting + 2).ToDictionary(i => AppendAsync(hunt, Clue(10 + (ulong)i)), i => 10 + (ulong)i);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var refused = await Task.WhenAny(calls.Keys);
            Assert.Equal(EntryStatus.Busy, (await refused)[0].Status);
            calls.Remove(refused);
        }

        Assert.Equal(EntryStatus.Repeated, (await AppendAsync(hunt, Clue(100)))[0].Status);
        var repeat = AppendAsync(hunt, Clue(calls.Values.First()));
        release.SetResult();

        Assert.Equal(2, (await underWay)[0].Position);
        Assert.Equal([3, 4, 5, 6], (await Task.WhenAll(calls.Keys)).Select(receipts => receipts[0].Position).Order());
        Assert.Equal(EntryStatus.Repeated, (await repeat)[0].Status);
        Assert.InRange(fixture.Store.CommitsOf(hunt), 3, 4);
    }

    [Fact]
    public async Task Append_WhatCannotBeStored_FailsAlone()
    {
        var hunt = fixture.NewHunt();
        await AppendAsync(hunt, Clue(100));
        var (begun, release) = fixture.Store.Hold(hunt);
        var first = AppendAsync(hunt, Clue(1));
        await begun;
        var bad = AppendAsync(hunt, Clue(2, new string('x', 100_000)));
        var good = AppendAsync(hunt, Clue(3));
        await fixture.Shard(hunt).HeadAsync();
        release.SetResult();

        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        Assert.Equal(EntryStatus.Recorded, (await first)[0].Status);
        Assert.Equal(EntryStatus.Recorded, (await good)[0].Status);
    }

    [Fact]
    public async Task Seal_Twice_IsOneEntryAndTheLast()
    {
        var hunt = fixture.NewHunt();
        await AppendAsync(hunt, Claim(1, 7));

        var heads = await Task.WhenAll(fixture.Shard(hunt).SealAsync().AsTask(), fixture.Shard(hunt).SealAsync().AsTask());

        Assert.All(heads, head => Assert.Equal((2, 5, true), (head.Entries, head.Points, head.Sealed)));
        Assert.Equal(
            [EntryStatus.Repeated, EntryStatus.Sealed], (await AppendAsync(hunt, Claim(1, 7), Claim(2, 8))).Select(receipt => receipt.Status));
        await fixture.Cluster.DeactivateAsync(fixture.Shard(hunt));
        Assert.Equal(2, (await fixture.Shard(hunt).SealAsync()).Entries);
    }

    [Fact]
    public async Task Seal_AskedByTheHuntThatEnds_DoesNotWaitForTheHunt()
    {
        var hunt = fixture.NewHunt();

        await fixture.Cluster.Client.Hunt(hunt).EndAsync();

        Assert.True((await fixture.Shard(hunt).HeadAsync()).Sealed);
    }

    [Fact]
    public async Task Append_AfterTheHuntsEnd_AnswersRepeatsOnly()
    {
        var hunt = fixture.NewHunt();
        await AppendAsync(hunt, Claim(1, 7));

        fixture.Define(hunt, endsAt: DateTimeOffset.UnixEpoch.AddDays(1));
        await fixture.Cluster.DeactivateAsync(fixture.Shard(hunt));

        Assert.Equal(
            [EntryStatus.Repeated, EntryStatus.Sealed], (await AppendAsync(hunt, Claim(1, 7), Claim(2, 8))).Select(receipt => receipt.Status));
        Assert.True((await fixture.Shard(hunt).SealAsync()).Sealed);
    }

    [Fact]
    public async Task Append_ForAnUnknownHuntOrShard_Throws()
    {
        var known = fixture.NewHunt();

        await Assert.ThrowsAsync<InvalidOperationException>(() => AppendAsync(new HuntId("nowhere"), Clue(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Shard(known, shard: 4).AppendAsync([Clue(1)]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => AppendAsync(known, Seal(0)));
    }

    [Fact]
    public async Task Append_TellsTheBoardEveryPositionOnce_AlsoWhenItFails()
    {
        var hunt = fixture.NewHunt();
        fixture.Boards.Failures[hunt] = 3;
        for (ulong i = 1; i <= 10; i++)
        {
            await AppendAsync(hunt, i % 2 == 0 ? Clue(i) : Claim(i, (int)i));
        }

        await fixture.Boards.HeardOf(hunt, 10).WaitAsync(TimeSpan.FromSeconds(10));

        var told = fixture.Boards.Told[hunt].ToArray();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), told.SelectMany(group => Range(group.First, group.Last)));
        Assert.Equal(5, told.Sum(group => group.Scored.Length));
        Assert.All(told.SelectMany(group => group.Scored), scored => Assert.True(scored.Claim));

        static IEnumerable<long> Range(long first, long last)
        {
            for (var position = first; position <= last; position++)
            {
                yield return position;
            }
        }
    }

    private Task<ImmutableArray<EntryReceipt>> AppendAsync(HuntId hunt, params EntryDraft[] drafts) =>
        fixture.Shard(hunt).AppendAsync([.. drafts]).AsTask();

    private async Task<(long Entries, long Points, bool Sealed)> HeadAsync(HuntId hunt)
    {
        var head = await fixture.Shard(hunt).HeadAsync();
        return (head.Entries, head.Points, head.Sealed);
    }

    // As the region grain does: a fault means unknown, so the same draft goes again.
    private async Task<EntryReceipt> RetryAsync(HuntId hunt, EntryDraft draft)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await AppendAsync(hunt, draft))[0];
            }
            catch (Exception problem) when (attempt < 20 && problem is not Xunit.Sdk.XunitException)
            {
            }
        }
    }
}
