using Microsoft.Data.Sqlite;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Verification;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Verification;

public sealed class LedgerVerifierTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verify_WholeLedger_CountsWhatItHolds()
    {
        var report = await VerifyAsync(await FillAsync());

        Assert.Equal(FilledLedger.Report, report);
    }

    [Fact]
    public async Task Verify_OneHunt_LeavesTheOthersOut()
    {
        var report = await VerifyAsync(await FillAsync(), new HuntId("other"));

        Assert.Equal(new LedgerReport(1, 1, 1, 5, 1, 0, Problem: null), report);
    }

    [Fact]
    public async Task Verify_UnknownHunt_SaysSo() =>
        Assert.Equal("hunt nowhere: the ledger has no entry of it.", (await VerifyAsync(await FillAsync(), new HuntId("nowhere"))).Problem?.ToString());

    [Theory]
    [InlineData("at = at + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("session = zeroblob(16)", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("session = zeroblob(3)", "hunt demo, shard 1, position 4: its column session")]
    [InlineData("sequence = sequence + 1000", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("kind = 3", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("player = 'eve'", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("x = x + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("y = -1", "hunt demo, shard 1, position 4: its column y")]
    [InlineData("region = region + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("points = points + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("treasure = treasure + 1000", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("generation = generation + 1", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("text = 'forged'", "hunt demo, shard 1, position 4: its text is not")]
    [InlineData("text_digest = zeroblob(32)", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("text_digest = NULL", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("hash = zeroblob(32)", "hunt demo, shard 1, position 4: its hash is not")]
    [InlineData("hash = zeroblob(31)", "hunt demo, shard 1, position 4: its hash or")]
    [InlineData("position = 100", "hunt demo, shard 1, position 4: the entry is missing")]
    [InlineData("shard = 9", "hunt demo, shard 1, position 4: the entry is missing")]
    [InlineData("hunt = 9", "hunt demo, shard 1, position 4: the entry is missing")]
    public async Task Verify_ChangedColumn_NamesTheEntry(string change, string expected)
    {
        var path = await FillAsync();
        await ExecuteAsync(path, $"UPDATE entries SET {change} WHERE hunt = 1 AND shard = 1 AND position = 4");

        Assert.StartsWith(expected, (await VerifyAsync(path)).Problem?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE hunt = 1 AND shard = 1 AND position = 10", "hunt demo, shard 1, position 9: the chain has 9 entries")]
    [InlineData("DELETE FROM entries WHERE hunt = 1 AND shard = 1", "hunt demo, shard 1, position 0: the chain has 0 entries")]
    [InlineData("UPDATE shards SET points = points + 1 WHERE shard = 1", "hunt demo, shard 1, position 10: the stored head says")]
    [InlineData("UPDATE shards SET sealed = 1 - sealed WHERE shard = 1", "hunt demo, shard 1, position 10: the stored head's time or seal")]
    [InlineData("DELETE FROM shards WHERE shard = 1", "hunt demo, shard 1, position 10: the database has its entries but not")]
    [InlineData("UPDATE hunts SET id = 'demi' WHERE id = 'demo'", "hunt demi, shard 0, position 1: its hash is not")]
    [InlineData("UPDATE hunts SET number = 77 WHERE id = 'demo'", "ledger: there are entries of a hunt with the number 1")]
    [InlineData("UPDATE entries SET hunt = 9 WHERE hunt = 1; UPDATE shards SET hunt = 9 WHERE hunt = 1; DELETE FROM hunts WHERE number = 1", "ledger: there are entries")]
    [InlineData("INSERT INTO shards SELECT hunt, 44, entries, points, at, sealed, hash FROM shards WHERE hunt = 2", "hunt other, shard 44, position 0: the chain has 0")]
    public async Task Verify_ChangedTables_SaysWhat(string change, string expected)
    {
        var path = await FillAsync();
        await ExecuteAsync(path, change);

        Assert.StartsWith(expected, (await VerifyAsync(path)).Problem?.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Every byte of the file in turn, a few bits of it: either the check finds it, or what is stored is what was stored.</summary>
    [Fact]
    public async Task Verify_AnyByteOfTheFileFlipped_IsFoundOrChangesNothing()
    {
        var path = await FillAsync();
        var bytes = await File.ReadAllBytesAsync(path);
        var truth = await DumpAsync(path);
        var (found, harmless) = (0, 0);

        // A step that is prime to the page's size comes to every place of a page's layout; the last page is all cells.
        for (var at = 100; at < bytes.Length; at += 13)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            var copy = _folder.File("flipped.db");
            await File.WriteAllBytesAsync(copy, flipped);
            if (await FindAsync(copy))
            {
                found++;
                continue;
            }

            Assert.True(truth == await DumpAsync(copy), $"The flip of byte {at} changed an entry and was not found.");
            harmless++;
        }

        Assert.True(found > 300, $"{found} flips were found and {harmless} changed nothing.");
    }

    [Fact]
    public async Task Verify_ByteOfTheLogFlipped_IsFound()
    {
        // The store stays open, as after a kill: what it wrote lies in the log.
        var path = _folder.File("ledger.db");
        using var store = OpenSqlite(path);
        await FilledLedger.FillAsync(store);
        var log = await File.ReadAllBytesAsync(path + "-wal");
        var at = log.AsSpan().IndexOf("under the oak"u8);
        Assert.True(at > 0);

        var copy = _folder.File("copy.db");
        File.Copy(path, copy);
        log[at] ^= 1;
        await File.WriteAllBytesAsync(copy + "-wal", log);

        Assert.NotNull((await VerifyAsync(copy)).Problem);
    }

    [Fact]
    public async Task Verify_BesideAWriter_SeesOneMoment()
    {
        var path = _folder.File("ledger.db");
        using var store = OpenSqlite(path);
        await FilledLedger.FillAsync(store);
        await using var audit = new SqliteLedgerAudit(path);
        Assert.Equal(2, (await audit.ListHuntsAsync()).Length);
        await store.CommitAsync(Group(await store.LoadHeadAsync(Hunt, 1), Clue(9_000)) with { Shard = 1, At = 99_000 });

        var report = await new LedgerVerifier(audit).VerifyAsync();

        Assert.Equal((22, null), (report.Entries, report.Problem));
        Assert.Equal(23, (await VerifyAsync(path)).Entries);
    }

    private static async Task<LedgerReport> VerifyAsync(string path, HuntId? hunt = null)
    {
        await using var audit = new SqliteLedgerAudit(path);
        return await new LedgerVerifier(audit).VerifyAsync(hunt);
    }

    private static async Task<bool> FindAsync(string path)
    {
        try
        {
            return (await VerifyAsync(path)).Problem is not null;
        }
        catch (SqliteException)
        {
            // A file that cannot even be opened: the command says so and fails.
            return true;
        }
    }

    private static async Task<string> DumpAsync(string path)
    {
        await using var audit = new SqliteLedgerAudit(path);
        var lines = new List<string>();
        foreach (var hunt in await audit.ListHuntsAsync())
        {
            foreach (var chain in await audit.ListChainsAsync(hunt))
            {
                await foreach (var entry in audit.ReadChainAsync(hunt, chain.Shard))
                {
                    lines.Add($"{entry.Hunt}/{entry.Shard}/{entry.Position} {entry.At} {entry.Content} {Convert.ToHexString(entry.Hash.AsSpan())}");
                }
            }
        }

        return string.Join('\n', lines);
    }

    private static async Task ExecuteAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> FillAsync()
    {
        var path = _folder.File("ledger.db");
        using var store = OpenSqlite(path);
        await FilledLedger.FillAsync(store);
        return path;
    }
}
