using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Tests.Verification;
using Veltrix.Ledger.Verification;
using Veltrix.Testing.Databases;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Postgres;

public sealed class PostgresVerifierTests : IClassFixture<PostgresLedger>, IAsyncLifetime
{
    private readonly PostgresLedger _ledger;

    public PostgresVerifierTests(PostgresLedger ledger)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _ledger = ledger;
    }

    public async ValueTask InitializeAsync()
    {
        await _ledger.ClearAsync();
        await using var store = _ledger.Open();
        await FilledLedger.FillAsync(store);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Verify_WholeLedger_CountsWhatItHolds() => Assert.Equal(FilledLedger.Report, await _ledger.VerifyAsync());

    [Fact]
    public async Task Verify_OneHunt_LeavesTheOthersOut() =>
        Assert.Equal(new LedgerReport(1, 1, 1, 5, 1, 0, Problem: null), await _ledger.VerifyAsync(new HuntId("other")));

    [Fact]
    public async Task Verify_UnknownHunt_SaysSo() =>
        Assert.Equal("hunt nowhere: the ledger has no entry of it.", (await _ledger.VerifyAsync(new HuntId("nowhere"))).Problem?.ToString());

    [Theory]
    [InlineData("at = at + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("session = '00000000000000000000000000000000'", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("sequence = sequence + 1000", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("kind = 3", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("kind = 300", "hunt demo, shard 1, position 4: its column kind")]
    [InlineData("player = 'eve'", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("x = x + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("y = -1", "hunt demo, shard 1, position 4: its column y")]
    [InlineData("region = region + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("points = points + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("treasure = treasure + 1000", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("generation = generation + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("text = 'Under the oak'", "hunt demo, shard 1, position 4: its text is not")]
    [InlineData("text_digest = set_byte(text_digest, 31, 1)", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("text_digest = NULL", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("hash = set_byte(hash, 0, 255 - get_byte(hash, 0))", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("hash = substr(hash, 2)", "hunt demo, shard 1, position 4: its hash or")]
    [InlineData("position = 100", "hunt demo, shard 1, position 4: the entry is missing")]
    [InlineData("position = -4", "hunt demo, shard 1, position 4: the entry is missing")]
    [InlineData("shard = 9", "hunt demo, shard 1, position 4: the entry is missing")]
    [InlineData("hunt = 9", "hunt demo, shard 1, position 4: the entry is missing")]
    public async Task Verify_ChangedColumn_NamesTheEntry(string change, string expected)
    {
        await _ledger.ExecuteAsync($"UPDATE ledger_entries SET {change} WHERE hunt = 1 AND shard = 1 AND position = 4");

        Assert.StartsWith(expected, (await _ledger.VerifyAsync()).Problem?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM ledger_entries WHERE shard = 1 AND position = 10", "hunt demo, shard 1, position 9: the chain has 9 entries")]
    [InlineData("DELETE FROM ledger_entries WHERE shard = 1", "hunt demo, shard 1, position 0: the chain has 0 entries")]
    [InlineData("UPDATE ledger_shards SET points = points + 1 WHERE shard = 1", "hunt demo, shard 1, position 10: the stored head says")]
    [InlineData("UPDATE ledger_shards SET sealed = NOT sealed WHERE shard = 1", "hunt demo, shard 1, position 10: the stored head's time or seal")]
    [InlineData("DELETE FROM ledger_shards WHERE shard = 1", "hunt demo, shard 1, position 10: the database has its entries but not")]
    [InlineData("UPDATE ledger_hunts SET id = 'demi' WHERE id = 'demo'", "hunt demi, shard 0, position 1: its hash is not")]
    [InlineData("DELETE FROM ledger_hunts WHERE id = 'other'", "ledger: there are entries of a hunt with the number 2")]
    [InlineData("INSERT INTO ledger_shards SELECT hunt, 44, entries, points, at, sealed, hash FROM ledger_shards WHERE hunt = 2", "hunt other, shard 44, position 0: the chain has 0")]
    [InlineData("INSERT INTO ledger_entries (position, at, sequence, points, hunt, shard, x, y, region, treasure, generation, kind, session, hash, player) VALUES (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, gen_random_uuid(), '', 'eve')", "ledger: there are entries before the first")]
    public async Task Verify_ChangedTables_SaysWhat(string change, string expected)
    {
        await _ledger.ExecuteAsync(change);

        Assert.StartsWith(expected, (await _ledger.VerifyAsync()).Problem?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_BesideAWriter_SeesOneMoment()
    {
        await using var audit = await PostgresLedgerAudit.OpenAsync(_ledger.ConnectionString);
        await using var store = _ledger.Open();
        await store.CommitAsync(Group(await store.LoadHeadAsync(Hunt, 1), Clue(9_000)) with { Shard = 1, At = 99_000 });

        var report = await new LedgerVerifier(audit).VerifyAsync();

        Assert.Equal((22, null), (report.Entries, report.Problem));
        Assert.Equal(23, (await _ledger.VerifyAsync()).Entries);
    }

    [Fact]
    public async Task Read_OfEntriesThatSqliteWroteToo_GivesTheSameBytes()
    {
        using var temp = new TempFolder();
        using var sqlite = OpenSqlite(temp.File("ledger.db"));
        await FilledLedger.FillAsync(sqlite);
        await using var store = _ledger.Open();

        foreach (var shard in new[] { 0, 1 })
        {
            Assert.Equivalent(await sqlite.ReadAsync(Hunt, shard, 0, 100), await store.ReadAsync(Hunt, shard, 0, 100), strict: true);
        }
    }
}
