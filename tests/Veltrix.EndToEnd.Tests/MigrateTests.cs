using Npgsql;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>`veltrix migrate` as operators run it.</summary>
public sealed class MigrateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Migrate_AnEmptyDatabase_MakesTheTables_AndARepeatDoesNothing()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        using var database = new PostgresDatabase();

        var (exit, output, _) = await MigrateAsync(["--postgres", database.ConnectionString]);
        Assert.Equal(0, exit);
        Assert.StartsWith("The database is up to date now: ran orleans 1, ", output, StringComparison.Ordinal);

        (exit, output, _) = await MigrateAsync([], database.ConnectionString);
        Assert.Equal(0, exit);
        Assert.Equal("The database was up to date: there was nothing to do.", output.Trim());
    }

    [Fact]
    public async Task Migrate_ANewerDatabase_IsRefused()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        using var database = new PostgresDatabase();
        await MigrateAsync([], database.ConnectionString);
        await using (var newer = database.DataSource.CreateCommand("INSERT INTO veltrix_migrations (part, number, checksum) VALUES ('orleans', 99, '')"))
        {
            await newer.ExecuteNonQueryAsync();
        }

        var (exit, _, errors) = await MigrateAsync([], database.ConnectionString);

        Assert.Equal(1, exit);
        Assert.Contains("was migrated by a newer veltrix (it holds orleans 99,", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_AskedToWait_ChangesNothing_AndEndsWhenAnotherHasMigrated()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        using var database = new PostgresDatabase();
        await using var waiting = Start(["--wait"], database.ConnectionString);
        await waiting.LineAsync("the wait", line => line.EndsWith("waiting until another `veltrix migrate` has run.", StringComparison.Ordinal), Patience);

        var (exit, output, _) = await MigrateAsync([], database.ConnectionString);
        Assert.Equal(0, exit);
        Assert.StartsWith("The database is up to date now: ran orleans 1, ", output, StringComparison.Ordinal);
        Assert.Equal(0, await waiting.ExitAsync(Patience));
        Assert.Equal("The database is up to date.", waiting.Output.Trim());
    }

    [Fact]
    public async Task Migrate_AWrongPassword_IsRefusedAndNotShown()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");

        var (exit, _, errors) = await MigrateAsync([], new NpgsqlConnectionStringBuilder(PostgresDatabase.Server) { Password = "guessed" }.ConnectionString);

        Assert.Equal(1, exit);
        Assert.Contains("password authentication failed", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "set VELTRIX_POSTGRES, or give --postgres CONNECTION")]
    [InlineData("nonsense", "cannot be understood")]
    public async Task Migrate_WithoutAConnection_IsBadUsage(string connection, string sentence)
    {
        var (exit, _, errors) = await MigrateAsync([], connection);

        Assert.Equal(2, exit);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_SocketsThatCompleteOnThePollingThread_IsRefused()
    {
        await using var process = VeltrixProcess.Start(["migrate"], new Dictionary<string, string>
        {
            ["VELTRIX_POSTGRES"] = "Host=127.0.0.1;Username=ada;Database=hunts",
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        });

        Assert.Equal(2, await process.ExitAsync(Patience));
        Assert.Contains("take it out of the environment", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_AServerThatIsNotThere_WaitsUntilItIsStopped()
    {
        var connection = $"Host=127.0.0.1;Port={VeltrixProcess.FreePort()};Username=ada;Database=hunts";
        await using var process = Start([], connection);
        await process.LineAsync("the wait", line => line.StartsWith("Waiting for the database 'hunts' at 127.0.0.1:", StringComparison.Ordinal), Patience);

        process.Terminate();

        Assert.Equal(1, await process.ExitAsync(Patience));
        Assert.Contains("Stopped.", process.Errors, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> MigrateAsync(string[] arguments, string connection = "")
    {
        await using var process = Start(arguments, connection);
        var exit = await process.ExitAsync(Patience);
        return (exit, process.Output, process.Errors);
    }

    private static ChildProcess Start(string[] arguments, string connection) =>
        VeltrixProcess.Start(["migrate", .. arguments], new Dictionary<string, string> { ["VELTRIX_POSTGRES"] = connection });
}
