using Microsoft.Extensions.Logging;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// The ledger on PostgreSQL, for silos that share one. A commit is on disk when it returns, whatever the server's default for that is. Its tables are
/// those of <see cref="PostgresLedgerSchema"/>; making them is another's work. Reads are repeated while the server is away, for as long as
/// <see cref="LedgerOptions.ReadTimeout"/> says, and then fail with a <see cref="LedgerFaultException"/>.
/// </summary>
public sealed class PostgresLedgerStore : ILedgerStore, IAsyncDisposable
{
    private const int MostEntries = 10_000;

    private readonly PostgresLedgerServer _server;
    private readonly PostgresLedgerWriter _writer;
    private readonly LedgerOptions _options;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _free;

    /// <param name="connectionString">the database, as <see cref="PostgresConnection.Read"/> understands it; how many connections there are and how long they may take
    /// the options say, whatever stands in it</param>
    /// <param name="options">the ledger's options</param>
    /// <param name="metrics">the ledger's instruments</param>
    /// <param name="clock">the clock of pauses and limits</param>
    /// <param name="logger">hears of faults</param>
    public PostgresLedgerStore(
        string connectionString, LedgerOptions options, LedgerMetrics metrics, TimeProvider clock, ILogger<PostgresLedgerStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _clock = clock;
        _server = new PostgresLedgerServer(
            PostgresLedgerServer.Build(connectionString, options.Writers + options.Readers, options.CommitTimeout), clock, logger);
        _writer = new PostgresLedgerWriter(_server, options, metrics, clock, logger);
        _free = new SemaphoreSlim(options.Readers);
    }

    public ValueTask<CommitOutcome> CommitAsync(CommitGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return _writer.CommitAsync(group);
    }

    // It waits for a commit of the shard that is still under way, such as one whose silo has died: the next commit would wait for it, and then be fenced.
    public async ValueTask<ChainHead> LoadHeadAsync(HuntId hunt, int shard, CancellationToken cancellationToken = default) =>
        await ReadAsync(
            (connection, limit) => LedgerQueries.HeadAsync(connection, hunt, shard, settled: true, limit, cancellationToken), cancellationToken)
        ?? ChainHead.Empty;

    public ValueTask<EntryReceipt?> FindAsync(HuntId hunt, OperationId operation, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, limit) => LedgerQueries.FindAsync(connection, hunt, operation, limit, cancellationToken), cancellationToken);

    public ValueTask<bool> EraseTextAsync(HuntId hunt, int shard, long position) =>
        ReadAsync((connection, limit) => LedgerQueries.EraseTextAsync(connection, hunt, shard, position, limit), CancellationToken.None);

    public ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clues);
        return ReadAsync((connection, limit) => LedgerQueries.RegionAsync(connection, hunt, region, clues, limit, cancellationToken), cancellationToken);
    }

    public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, limit) => LedgerQueries.TotalsAsync(connection, hunt, limit, cancellationToken), cancellationToken);

    public ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default) =>
        ReadAsync((connection, limit) => LedgerQueries.PointsAsync(connection, hunt, shard, player, limit, cancellationToken), cancellationToken);

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
        HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostEntries);
        return ReadAsync(
            (connection, seconds) => LedgerQueries.EntriesAsync(connection, hunt, shard, after, limit, seconds, cancellationToken), cancellationToken);
    }

    /// <summary>Closes the connections. Commits under way end as faults.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _writer.Dispose();
        _free.Dispose();
    }

    // What is repeated here changes nothing, or is an erasure, which a repeat does not change.
    private async ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, int, Task<T>> read, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(_clock, _options.ReadTimeout);
        if (!await _free.WaitAsync(deadline.Left, cancellationToken))
        {
            throw new LedgerFaultException($"Too many reads of the ledger wait: none had its turn in {_options.ReadTimeout.TotalSeconds:F0} s.");
        }

        try
        {
            for (var pause = PostgresLedgerServer.FirstPause; ; pause *= 2)
            {
                try
                {
                    await using var connection = await _server.OpenAsync(deadline, cancellationToken);
                    return await read(connection, deadline.SecondsLeft);
                }
                catch (NpgsqlException problem) when (PostgresAvailability.IsPassing(problem) && deadline.Left > pause)
                {
                    // The connection broke, perhaps long before it was used: the next one waits for the server.
                    await Task.Delay(pause, _clock, cancellationToken);
                }
            }
        }
        catch (NpgsqlException problem)
        {
            throw new LedgerFaultException($"The ledger's database could not be read: {problem.Message}", problem);
        }
        finally
        {
            _free.Release();
        }
    }
}
