using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Tests.Stores;
using Veltrix.Testing.Databases;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Postgres;

public sealed class PostgresLedgerStoreTests : LedgerStoreConformance, IClassFixture<PostgresLedger>, IAsyncLifetime
{
    private readonly PostgresLedger _ledger;
    private PostgresLedgerStore? _store;
    private PostgresLedgerStore? _rival;

    public PostgresLedgerStoreTests(PostgresLedger ledger)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _ledger = ledger;
    }

    protected override ILedgerStore Store => _store!;

    protected override ILedgerStore Rival => _rival!;

    public async ValueTask InitializeAsync()
    {
        await _ledger.ClearAsync();
        _store = _ledger.Open();
        _rival = _ledger.Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null && _rival is not null)
        {
            await _store.DisposeAsync();
            await _rival.DisposeAsync();
        }
    }

    [Fact]
    public async Task Commit_TextThatPostgresCannotHold_RefusesTheGroupAlone()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Group(ChainHead.Empty, Clue(1), Clue(2, "a\0b"))).AsTask());

        Assert.Equal([EntryStatus.Recorded], (await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)))).Statuses());
    }

    [Fact]
    public async Task Commit_OnAServerThatDoesNotWaitForTheDisk_WaitsForIt()
    {
        // Each commit looks at its own setting: a trigger writes down what it is.
        await _ledger.ExecuteAsync(
            """
            CREATE TABLE seen (setting text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO seen VALUES (current_setting(''synchronous_commit'')); RETURN NULL; END';
            CREATE TRIGGER see AFTER INSERT ON ledger_entries EXECUTE FUNCTION see();
            """);
        try
        {
            await using var careless = PostgresLedger.Open(_ledger.ConnectionString + ";Options=-c synchronous_commit=off");
            var first = await careless.CommitAsync(Group(ChainHead.Empty, Clue(1)));
            await careless.CommitAsync(Group(first.Head, Clue(2)));

            Assert.Equal("on on", await _ledger.AskAsync<string>("SELECT string_agg(setting, ' ') FROM seen"));
        }
        finally
        {
            await _ledger.ExecuteAsync("DROP TRIGGER see ON ledger_entries; DROP FUNCTION see; DROP TABLE seen");
        }
    }

    [Fact]
    public async Task Commit_PositionTakenBeyondTheHead_IsFenced()
    {
        // A head that somebody put back, or a backup that holds only half.
        var first = await Store.CommitAsync(Group(ChainHead.Empty, Clue(1)));
        await Store.CommitAsync(Group(first.Head, Clue(2)));
        await _ledger.ExecuteAsync($"UPDATE ledger_shards SET entries = 1, hash = '\\x{Convert.ToHexString(first.Head.Hash.AsSpan())}'");

        Assert.Equal(CommitStatus.Fenced, (await Store.CommitAsync(Group(first.Head, Clue(3)))).Status);
    }

    [Fact]
    public async Task Commit_MoreGroupsThanMayWait_AnswersBusyAndRecordsNothing()
    {
        await using var narrow = _ledger.Open(new LedgerOptions { Writers = 1, MaxWaitingGroups = 2 });
        await using var blocker = await _ledger.Tables.OpenConnectionAsync();
        await using var held = await blocker.BeginTransactionAsync();
        await new Npgsql.NpgsqlCommand("LOCK TABLE ledger_entries IN SHARE MODE", blocker).ExecuteNonQueryAsync();

        var commits = Enumerable.Range(0, 8)
            .Select(shard => narrow.CommitAsync(Group(ChainHead.Empty, Clue(1, session: shard)) with { Shard = shard }).AsTask())
            .ToArray();
        var busy = await Task.WhenAll(commits.Where(commit => commit.IsCompleted));
        await held.RollbackAsync();
        var outcomes = await Task.WhenAll(commits);

        Assert.Equal(5, busy.Length);
        Assert.All(busy, outcome => Assert.Equal(CommitStatus.Busy, outcome.Status));
        Assert.Equal(
            outcomes.Count(outcome => outcome.Status == CommitStatus.Committed), (int)await _ledger.AskAsync<long>("SELECT count(*) FROM ledger_entries"));
    }

    [Fact]
    public async Task Commit_BehindALongerOneThanTheLimit_IsBusyAndTheOtherUnknown()
    {
        await using var narrow = _ledger.Open(new LedgerOptions { Writers = 1, CommitTimeout = TimeSpan.FromSeconds(1) });
        await using var blocker = await _ledger.Tables.OpenConnectionAsync();
        await using var held = await blocker.BeginTransactionAsync();
        await new Npgsql.NpgsqlCommand("LOCK TABLE ledger_entries IN SHARE MODE", blocker).ExecuteNonQueryAsync();

        var first = narrow.CommitAsync(Group(ChainHead.Empty, Clue(1))).AsTask();
        var second = narrow.CommitAsync(Group(ChainHead.Empty, Clue(1, session: 1)) with { Shard = 1 }).AsTask();

        await Assert.ThrowsAsync<LedgerFaultException>(() => first);
        Assert.Equal(CommitStatus.Busy, (await second).Status);
    }
}
