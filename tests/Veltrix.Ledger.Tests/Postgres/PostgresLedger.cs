using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Verification;
using Veltrix.Testing.Databases;

namespace Veltrix.Ledger.Tests.Postgres;

/// <summary>A test class's own database with the ledger's tables, or nothing where there is no server.</summary>
public sealed class PostgresLedger : IAsyncLifetime
{
    private readonly PostgresDatabase _database = new();

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Beside the stores: for a test to look into the tables, or to change them.</summary>
    public NpgsqlDataSource Tables => _database.DataSource;

    public static PostgresLedgerStore Open(string connectionString, LedgerOptions? options = null) =>
        new(connectionString, options ?? new LedgerOptions(), Drafts.Metrics(), TimeProvider.System, NullLogger<PostgresLedgerStore>.Instance);

    public async ValueTask InitializeAsync()
    {
        if (PostgresDatabase.Missing is null)
        {
            await new PostgresMigrator(Tables, [PostgresLedgerSchema.Schema]).MigrateAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return default;
    }

    public PostgresLedgerStore Open(LedgerOptions? options = null) => Open(ConnectionString, options);

    /// <summary>As if nothing had ever been recorded.</summary>
    public Task ClearAsync() => ExecuteAsync("TRUNCATE ledger_hunts, ledger_shards, ledger_entries RESTART IDENTITY");

    public async Task<LedgerReport> VerifyAsync(HuntId? hunt = null)
    {
        await using var audit = await PostgresLedgerAudit.OpenAsync(ConnectionString);
        return await new LedgerVerifier(audit).VerifyAsync(hunt);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Tables.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Tables.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Waits until a question is answered with true.</summary>
    public async Task UntilAsync(string what, string sql)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await AskAsync<bool>(sql))
        {
            Assert.False(limit.IsCancellationRequested, $"For 30 s it was not so that {what}.");
            await Task.Delay(10);
        }
    }
}
