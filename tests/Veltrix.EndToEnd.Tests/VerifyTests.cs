using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Veltrix.Contracts;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger;
using Veltrix.Ledger.Postgres;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;
using Veltrix.World;

namespace Veltrix.EndToEnd.Tests;

/// <summary>What `veltrix verify` says and how it ends, as an operator or a script sees it.</summary>
public sealed class VerifyTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Verify_NothingOrTwoThingsGiven_SaysWhatToGive()
    {
        foreach (var arguments in new string[][] { ["verify"], ["verify", "--data", ".", "--postgres", "Host=127.0.0.1"] })
        {
            var (exit, _, errors) = await VerifyAsync(arguments);

            Assert.Equal(2, exit);
            Assert.Contains("Give either --data", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_AConnectionThatIsNone_IsBadUsageAndRepeatsNoPassword()
    {
        var (exit, output, errors) = await VerifyAsync(["verify", "--postgres", "Hots=127.0.0.1;Password=geheim"]);

        Assert.Equal(2, exit);
        Assert.Contains("cannot be understood", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AServerThatIsAway_FailsWithASentence()
    {
        var (exit, output, _) = await VerifyAsync(["verify", "--postgres", $"Host=127.0.0.1;Port={VeltrixProcess.FreePort()};Username=x"]);

        Assert.Equal(1, exit);
        Assert.Contains("cannot be reached", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OnPostgres_ChecksItAndFindsAChangedByte()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        var environment = new Dictionary<string, string> { ["VELTRIX_POSTGRES"] = database.ConnectionString };
        var (empty, _, nothing) = await VerifyAsync(["verify"], environment);
        Assert.True(empty == 2, nothing);
        Assert.Contains("holds no ledger", nothing, StringComparison.Ordinal);

        await RecordAsync(new HuntId("one"));
        await RecordAsync(new HuntId("two"));
        var (whole, output, _) = await VerifyAsync(["verify"], environment);
        Assert.StartsWith("Checked 2 hunts, 2 shards, 4 entries, 14 points, 2 players", output, StringComparison.Ordinal);
        Assert.Equal(0, whole);

        await ExecuteAsync("UPDATE ledger_entries SET text = 'Under the oak' WHERE text = 'under the oak' AND hunt = 2");
        var (changed, wrong, _) = await VerifyAsync(["verify", "--postgres", database.ConnectionString]);
        Assert.Equal(1, changed);
        Assert.Contains("Wrong: hunt two, shard 0, position 2: its text is not the one", wrong, StringComparison.Ordinal);

        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var address = $"postgres://{server.Username}:{server.Password}@{server.Host}:{server.Port}/{server.Database}";
        var (other, one, _) = await VerifyAsync(["verify", "--postgres", address, "--hunt", "one"]);
        Assert.True(other == 0, one);
    }

    private static async Task<(int Exit, string Output, string Errors)> VerifyAsync(string[] arguments, Dictionary<string, string>? environment = null)
    {
        await using var verify = VeltrixProcess.Start(arguments, environment);
        return (await verify.ExitAsync(Patience), verify.Output, verify.Errors);
    }

    private async Task RecordAsync(HuntId hunt)
    {
        await new PostgresMigrator(database.DataSource, [PostgresLedgerSchema.Schema]).MigrateAsync();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var store = new PostgresLedgerStore(
            database.ConnectionString,
            new LedgerOptions(),
            new LedgerMetrics(services.GetRequiredService<IMeterFactory>()),
            TimeProvider.System,
            NullLogger<PostgresLedgerStore>.Instance);
        var session = new SessionId(new Guid(1, 2, 3, new byte[8]));
        EntryDraft[] drafts =
        [
            new(new OperationId(session, 1), EntryKind.Claim, new PlayerId("ada"), Tile.At(1, 2), Region: 0, Points: 7, Treasure: 3),
            new(new OperationId(session, 2), EntryKind.Clue, new PlayerId("ada"), Tile.At(1, 2), Region: 0, Points: 0, Text: "under the oak"),
        ];
        var outcome = await store.CommitAsync(new CommitGroup(hunt, 0, ChainHead.Empty, At: 1_000, Over: false, [.. drafts]));
        Assert.Equal(CommitStatus.Committed, outcome.Status);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
