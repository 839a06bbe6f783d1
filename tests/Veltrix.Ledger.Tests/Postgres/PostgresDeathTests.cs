using Npgsql;
using Veltrix.Testing.Databases;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Postgres;

/// <summary>The three deaths of a write: before it, after it with the reply lost, and during it. Each is retried with the same operations.</summary>
public sealed class PostgresDeathTests : IClassFixture<PostgresLedger>, IAsyncLifetime
{
    private readonly PostgresLedger _ledger;

    public PostgresDeathTests(PostgresLedger ledger)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _ledger = ledger;
    }

    public async ValueTask InitializeAsync() => await _ledger.ClearAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Commit_OverAConnectionThatDiedBefore_IsUnknownAndRecordedWhenRepeated()
    {
        await using var store = _ledger.Open();
        var first = await store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        await KillStoresAsync();

        await Assert.ThrowsAsync<LedgerFaultException>(() => store.CommitAsync(Group(first.Head, Clue(2), Claim(3, 7))).AsTask());

        var head = await store.LoadHeadAsync(Hunt, 0);
        Assert.Equal(1, head.Entries);
        Assert.Equal([EntryStatus.Recorded, EntryStatus.Recorded], (await store.CommitAsync(Group(head, Clue(2), Claim(3, 7)))).Statuses());
        await AssertHoldsAsync(3);
    }

    [Fact]
    public async Task Commit_WhoseReplyIsLost_IsUnknownAndAnsweredWhenRepeated()
    {
        await using var proxy = new CuttingProxy(_ledger.ConnectionString);
        await using var store = PostgresLedger.Open(proxy.ConnectionString);
        var first = await store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        var lost = proxy.LoseNextReply();

        await Assert.ThrowsAsync<LedgerFaultException>(() => store.CommitAsync(Group(first.Head, Clue(2), Claim(3, 7))).AsTask());
        await lost;

        var head = await store.LoadHeadAsync(Hunt, 0);
        Assert.Equal(3, head.Entries);
        var again = await store.CommitAsync(Group(head, Clue(2), Claim(3, 7), Clue(4)));
        Assert.Equal([EntryStatus.Repeated, EntryStatus.Repeated, EntryStatus.Recorded], again.Statuses());
        Assert.Equal([2, 3, 4], again.Receipts.Select(receipt => receipt.Position));
        await AssertHoldsAsync(4);
    }

    [Fact]
    public async Task Commit_WhoseReplyIsLost_RepeatedFromTheOldHead_IsAnsweredAllTheSame()
    {
        await using var proxy = new CuttingProxy(_ledger.ConnectionString);
        await using var store = PostgresLedger.Open(proxy.ConnectionString);
        var first = await store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        _ = proxy.LoseNextReply();
        await Assert.ThrowsAsync<LedgerFaultException>(() => store.CommitAsync(Group(first.Head, Clue(2))).AsTask());

        Assert.Equal([EntryStatus.Repeated], (await store.CommitAsync(Group(first.Head, Clue(2)))).Statuses());
        Assert.Equal(CommitStatus.Fenced, (await store.CommitAsync(Group(first.Head, Clue(2), Clue(3)))).Status);
    }

    [Fact]
    public async Task Commit_WhoseServerProcessIsKilledDuringIt_IsUnknownAndRecordedWhenRepeated()
    {
        await using var store = _ledger.Open();
        var first = await store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        await using var blocker = await _ledger.Tables.OpenConnectionAsync();
        await using (var held = await blocker.BeginTransactionAsync())
        {
            // The head is moved, and one row waits for a key.
            await ClaimTreasure7Async(blocker);
            var commit = store.CommitAsync(Group(first.Head, Clue(2), Claim(3, 7))).AsTask();
            await _ledger.UntilAsync("a commit waits", Waiting(1));
            await KillStoresAsync();

            await Assert.ThrowsAsync<LedgerFaultException>(() => commit);
            await held.RollbackAsync();
        }

        var head = await store.LoadHeadAsync(Hunt, 0);
        Assert.Equal(1, head.Entries);
        Assert.Equal([EntryStatus.Recorded, EntryStatus.Recorded], (await store.CommitAsync(Group(head, Clue(2), Claim(3, 7)))).Statuses());
        await AssertHoldsAsync(3);
    }

    [Fact]
    public async Task LoadHead_WhileACommitOfADeadCallerIsUnderWay_WaitsForItsEnd()
    {
        await using var store = _ledger.Open();
        var first = await store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        await using var blocker = await _ledger.Tables.OpenConnectionAsync();
        await using var held = await blocker.BeginTransactionAsync();
        await ClaimTreasure7Async(blocker);
        var commit = store.CommitAsync(Group(first.Head, Claim(2, 7))).AsTask();
        await _ledger.UntilAsync("a commit waits", Waiting(1));

        await using var rival = _ledger.Open();
        var load = rival.LoadHeadAsync(Hunt, 0).AsTask();
        await _ledger.UntilAsync("both wait", Waiting(2));
        await held.RollbackAsync();

        Assert.Equal(2, (await load).Entries);
        Assert.Equal(CommitStatus.Committed, (await commit).Status);
    }

    // What no shard does: one operation in two shards, for another treasure in each. PostgreSQL ends one of the groups, which is tried again.
    [Fact]
    public async Task Commit_GroupsThatWaitForEachOtherInACircle_BothEnd()
    {
        await using var store = _ledger.Open();
        var head = (await store.CommitAsync(Group(ChainHead.Empty, Clue(50)))).Head;
        await using var blocker = await _ledger.Tables.OpenConnectionAsync();
        Task<CommitOutcome> one, other;
        await using (var held = await blocker.BeginTransactionAsync())
        {
            await ClaimTreasure7Async(blocker);
            one = store.CommitAsync(Group(head, Claim(1, 1), Claim(9, 7), Claim(2, 8))).AsTask();
            await _ledger.UntilAsync("the first group waits", Waiting(1));
            other = store.CommitAsync(Group(ChainHead.Empty, Claim(2, 101), Claim(1, 102)) with { Shard = 1 }).AsTask();
            await _ledger.UntilAsync("the second group waits for the first", Waiting(2));
            await held.RollbackAsync();
        }

        Assert.Equal(CommitStatus.Committed, (await one).Status);
        Assert.Equal(CommitStatus.Committed, (await other).Status);
        await _ledger.UntilAsync("there was a deadlock", "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()");
        await AssertHoldsAsync(4);
    }

    private async Task AssertHoldsAsync(long entries)
    {
        var report = await _ledger.VerifyAsync();
        Assert.Equal((entries, null), (report.Entries, report.Problem));
    }

    private static string Waiting(int stores) =>
        $"SELECT count(*) = {stores} FROM pg_stat_activity WHERE application_name = 'veltrix ledger' AND datname = current_database() AND wait_event_type = 'Lock'";

    // As another shard does whose transaction is not at its end.
    private static async Task ClaimTreasure7Async(NpgsqlConnection connection) => await new NpgsqlCommand(
        """
        INSERT INTO ledger_entries (position, at, sequence, points, hunt, shard, x, y, region, treasure, generation, kind, session, hash, player)
        VALUES (1, 1, 77, 1, 1, 9, 0, 0, 0, 7, 0, 1, gen_random_uuid(), '', 'x')
        """,
        connection).ExecuteNonQueryAsync();

    private async Task KillStoresAsync() => await _ledger.AskAsync<long>(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'veltrix ledger' AND datname = current_database()");
}
