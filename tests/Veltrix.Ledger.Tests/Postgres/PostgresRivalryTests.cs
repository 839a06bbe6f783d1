using System.Collections.Concurrent;
using Veltrix.Ledger.Postgres;
using Veltrix.Testing.Databases;
using Veltrix.World;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Postgres;

/// <summary>Two activations of one shard, and shards that want the same treasures: the database decides, and nobody waits for ever.</summary>
public sealed class PostgresRivalryTests : IClassFixture<PostgresLedger>, IAsyncLifetime
{
    private const int Treasures = 24;

    private readonly PostgresLedger _ledger;

    public PostgresRivalryTests(PostgresLedger ledger)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _ledger = ledger;
    }

    public async ValueTask InitializeAsync() => await _ledger.ClearAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Commit_ManyActivationsOfOneShard_MakeOneChainAndLoseNothing()
    {
        const int Activations = 6;
        const int Groups = 60;
        await using var first = _ledger.Open();
        await using var second = _ledger.Open();
        var acknowledged = new ConcurrentDictionary<OperationId, long>();
        var fenced = 0;

        // Each records claims that all of them want to record, and clues of its own, from the head that it believes in.
        await Task.WhenAll(Enumerable.Range(0, Activations).Select(activation => Task.Run(async () =>
        {
            var store = activation % 2 == 0 ? first : second;
            var random = new SeededRandom((ulong)activation + 1);
            var head = ChainHead.Empty;
            for (var group = 0; group < Groups;)
            {
                EntryDraft[] drafts =
                [
                    Claim((ulong)group + 1, treasure: group),
                    .. Enumerable.Range(0, random.Next(5)).Select(i => Clue((ulong)((group * 10) + i), session: activation + 1)),
                ];
                var outcome = await store.CommitAsync(Group(head, drafts));
                if (outcome.Status == CommitStatus.Fenced)
                {
                    Interlocked.Increment(ref fenced);
                    head = await store.LoadHeadAsync(Hunt, 0);
                    continue;
                }

                Assert.Equal(CommitStatus.Committed, outcome.Status);
                for (var i = 0; i < drafts.Length; i++)
                {
                    var receipt = outcome.Receipts[i];
                    Assert.True(receipt.Status is EntryStatus.Recorded or EntryStatus.Repeated, $"{drafts[i].Operation} was answered {receipt}.");
                    Assert.Equal(receipt.Position, acknowledged.GetOrAdd(drafts[i].Operation, receipt.Position));
                }

                head = outcome.Head;
                group++;
            }
        })));

        var entries = await first.ReadAsync(Hunt, 0, 0, 10_000);
        Assert.True(fenced > 0, "No activation met another.");
        Assert.Equal(acknowledged.Count, entries.Length);
        Assert.All(entries, entry => Assert.Equal(entry.Position, acknowledged[entry.Content.Operation]));
        Assert.Equal(Groups, entries.Count(entry => entry.Content.Kind == EntryKind.Claim));
        Assert.Null((await _ledger.VerifyAsync()).Problem);
        await AssertNoDeadlockAsync(first, second);
    }

    [Fact]
    public async Task Commit_ShardsThatWantTheSameTreasures_ShareThemWithoutADeadlock()
    {
        const int Shards = 4;
        const int Rounds = 40;
        await using var store = _ledger.Open();
        var heads = Enumerable.Repeat(ChainHead.Empty, Shards).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            // All want all treasures of the round, each in an order of its own, with a clue between here and there.
            var outcomes = await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => Task.Run(() =>
            {
                var random = new SeededRandom((ulong)((round * Shards) + shard + 1));
                var drafts = Enumerable.Range(0, Treasures)
                    .Select(treasure => treasure % 5 == 4
                        ? Clue(Sequence(round, treasure), session: shard)
                        : Claim(Sequence(round, treasure), treasure, generation: round, session: shard))
                    .OrderBy(_ => random.Next(1_000))
                    .ToArray();
                return store.CommitAsync(Group(heads[shard], drafts) with { Shard = shard }).AsTask();
            })));

            Assert.All(outcomes, outcome => Assert.Equal(CommitStatus.Committed, outcome.Status));
            Assert.Equal(Treasures - (Treasures / 5) + (Shards * (Treasures / 5)), outcomes.Sum(outcome => outcome.Statuses().Count(status => status == EntryStatus.Recorded)));
            Assert.All(outcomes, outcome => Assert.All(outcome.Statuses(), status => Assert.True(status is EntryStatus.Recorded or EntryStatus.Taken)));
            heads = [.. outcomes.Select(outcome => outcome.Head)];
        }

        Assert.Null((await _ledger.VerifyAsync()).Problem);
        await AssertNoDeadlockAsync(store);

        static ulong Sequence(int round, int treasure) => (ulong)((round * Treasures) + treasure + 1);
    }

    // A server's process reports what it met when it ends.
    private async Task AssertNoDeadlockAsync(params PostgresLedgerStore[] stores)
    {
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        await _ledger.UntilAsync(
            "the stores' connections are closed",
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'veltrix ledger' AND datname = current_database())");
        Assert.Equal(0, await _ledger.AskAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }
}
