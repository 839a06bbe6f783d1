using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using Microsoft.Extensions.Logging.Abstractions;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger;
using Veltrix.Ledger.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Benchmarks;

/// <summary>
/// The store on PostgreSQL, on the server that VELTRIX_TEST_POSTGRES names; absent without one. Start it with `tests/postgres start DIR` and no more
/// settings: the one of tests/run does not wait for its disk, which would make a commit look free.
/// </summary>
[Config(typeof(OnlyWithAServer))]
public class PostgresLedgerBenchmarks : AppendBenchmarks
{
    private PostgresDatabase _database = null!;
    private PostgresLedgerStore _store = null!;

    protected override async Task<ILedgerStore> OpenStoreAsync(LedgerMetrics metrics)
    {
        _database = new PostgresDatabase();
        await new PostgresMigrator(_database.DataSource, [PostgresLedgerSchema.Schema]).MigrateAsync();
        _store = new PostgresLedgerStore(
            _database.ConnectionString, new LedgerOptions(), metrics, TimeProvider.System, NullLogger<PostgresLedgerStore>.Instance);
        return _store;
    }

    protected override async Task CloseStoreAsync()
    {
        await _store.DisposeAsync();
        _database.Dispose();
    }

    private sealed class OnlyWithAServer : ManualConfig
    {
        public OnlyWithAServer() => AddFilter(new SimpleFilter(_ => PostgresDatabase.Missing is null));
    }
}
