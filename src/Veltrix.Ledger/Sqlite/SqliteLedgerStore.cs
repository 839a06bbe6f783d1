using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Threads;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// The ledger in one SQLite file, for a silo that is alone. A commit is on disk when it returns (WAL, synchronous FULL). Reads go through
/// connections of their own, so neither waits for the other.
/// </summary>
public sealed class SqliteLedgerStore : ILedgerStore, IDisposable
{
    private const int MostEntries = 10_000;

    private readonly string _path;
    private readonly LedgerWriter _writer;
    private readonly OwnThreads _readers;
    private readonly ConcurrentBag<LedgerRows> _idle = [];

    public SqliteLedgerStore(string path, LedgerOptions options, LedgerMetrics metrics, ILogger<SqliteLedgerStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _path = path;
        _writer = new LedgerWriter(path, options, metrics, logger);
        _readers = new OwnThreads("ledger reader", options.Readers);
    }

    public ValueTask<CommitOutcome> CommitAsync(CommitGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _writer.CommitAsync(group);
    }

    public ValueTask<bool> EraseTextAsync(HuntId hunt, int shard, long position) => new(_writer.EraseAsync(hunt, shard, position));

    public ValueTask<ChainHead> LoadHeadAsync(HuntId hunt, int shard, CancellationToken cancellationToken = default) =>
        new(ReadAsync(rows => rows.Head(hunt, shard), cancellationToken));

    public ValueTask<EntryReceipt?> FindAsync(HuntId hunt, OperationId operation, CancellationToken cancellationToken = default) =>
        new(ReadAsync(rows => rows.Find(hunt, operation), cancellationToken));

    public ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clues);
        return new(ReadAsync(rows => rows.Region(hunt, region, clues), cancellationToken));
    }

    public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) =>
        new(ReadAsync(rows => rows.Totals(hunt), cancellationToken));

    public ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default) =>
        new(ReadAsync(rows => rows.Points(hunt, shard, player), cancellationToken));

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
        HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostEntries);
        return new(ReadAsync(rows => rows.Entries(hunt, shard, after, limit), cancellationToken));
    }

    /// <summary>Writes what waits, then closes the file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _readers.Dispose();
        while (_idle.TryTake(out var rows))
        {
            rows.Dispose();
        }
    }

    // SQLite blocks while it reads: not on a thread that serves grains. Each read is one transaction: it sees one moment.
    private Task<T> ReadAsync<T>(Func<LedgerRows, T> read, CancellationToken cancellationToken) => _readers.RunAsync(
        () =>
        {
            var rows = _idle.TryTake(out var idle) ? idle : new LedgerRows(_path);
            try
            {
                SqliteStatement.Execute(rows.Connection, "BEGIN");
                var found = read(rows);
                SqliteStatement.Execute(rows.Connection, "COMMIT");
                _idle.Add(rows);
                return found;
            }
            catch
            {
                rows.Dispose();
                throw;
            }
        },
        cancellationToken);
}
