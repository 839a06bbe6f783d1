using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger.Verification;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// The ledger on PostgreSQL at the moment of opening, read only, in one repeatable-read transaction: whatever silos write beside it is not seen, and
/// nobody waits. While it is open the server keeps what was deleted or changed since.
/// </summary>
public sealed class PostgresLedgerAudit : ILedgerAudit
{
    // Large enough that the cost of a page of entries is in its rows, small enough that memory does not matter.
    private const int EntriesAtOnce = 1_000;

    // Without a limit: a large ledger's totals take as long as they take, and whoever waits for them can end the command.
    private const int Unlimited = 0;

    // Nothing is changed, so one savepoint serves every page. It is not released: Npgsql 10.0 blocks a thread for that, and where a socket's completion
    // runs on the thread that polls it, as in our processes, that thread would wait for itself.
    private const string Begin = "walk";

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PostgresLedgerAudit(NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _source = source;
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>The database's name and where it is, without user and password.</summary>
    public string Place => $"'{_connection.Database}' at {_connection.Host}:{_connection.Port}";

    /// <summary>Opens it.</summary>
    /// <param name="connectionString">the database, as <see cref="PostgresConnection.Read"/> understands it</param>
    /// <param name="cancellationToken">ends the wait</param>
    /// <exception cref="PostgresStorageException">That is no connection string.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached, or turns the user away.</exception>
    /// <exception cref="InvalidDataException">The database holds no ledger.</exception>
    public static async Task<PostgresLedgerAudit> OpenAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var source = PostgresLedgerServer.Build(connectionString, connections: 1, TimeSpan.FromSeconds(5));
        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var audit = new PostgresLedgerAudit(source, connection, transaction);

            // The first read, and so the moment that all others see.
            await audit.ExecuteAsync("SET TRANSACTION READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0", cancellationToken);
            await transaction.SaveAsync(Begin, cancellationToken);
            return await audit.HasTablesAsync(cancellationToken)
                ? audit
                : throw new InvalidDataException($"the database {audit.Place} holds no ledger");
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<ImmutableArray<HuntId>> ListHuntsAsync(CancellationToken cancellationToken = default)
    {
        // A hunt whose first group was never recorded has a number and nothing else.
        await using var command = Command(
            """
            SELECT id FROM ledger_hunts AS hunts
            WHERE EXISTS (SELECT FROM ledger_shards WHERE hunt = hunts.number) OR EXISTS (SELECT FROM ledger_entries WHERE hunt = hunts.number)
            ORDER BY id
            """);
        var hunts = ImmutableArray.CreateBuilder<HuntId>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            hunts.Add(new HuntId(row.GetString(0)));
        }

        return hunts.ToImmutable();
    }

    public async ValueTask<ImmutableArray<StoredChain>> ListChainsAsync(HuntId hunt, CancellationToken cancellationToken = default)
    {
        var shards = await ListShardsAsync(hunt, cancellationToken);
        var chains = ImmutableArray.CreateBuilder<StoredChain>(shards.Count);
        foreach (var shard in shards)
        {
            chains.Add(new StoredChain(
                shard, await LedgerQueries.HeadAsync(_connection, hunt, shard, settled: false, Unlimited, cancellationToken)));
        }

        return chains.MoveToImmutable();
    }

    public async IAsyncEnumerable<LedgerEntry> ReadChainAsync(
        HuntId hunt, int shard, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (after, size) = (0L, EntriesAtOnce);
        while (true)
        {
            ImmutableArray<LedgerEntry> page;
            try
            {
                page = await LedgerQueries.EntriesAsync(_connection, hunt, shard, after, size, Unlimited, cancellationToken);
            }
            catch (Exception problem) when (size > 1 && problem is PostgresException or InvalidDataException)
            {
                // A page that ends in damage still holds whole entries: one by one, the walk can say where it begins.
                await _transaction.RollbackAsync(Begin, cancellationToken);
                size = 1;
                continue;
            }

            if (page.IsEmpty)
            {
                yield break;
            }

            foreach (var entry in page)
            {
                yield return entry;
            }

            after = page[^1].Position;
        }
    }

    public async ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) =>
        await LedgerQueries.TotalsAsync(_connection, hunt, Unlimited, cancellationToken);

    public async IAsyncEnumerable<string> FindDamageAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = Command(
            """
            SELECT 'entries', hunt, shard, position FROM ledger_entries WHERE hunt NOT IN (SELECT number FROM ledger_hunts)
            UNION ALL SELECT 'heads', hunt, shard, entries FROM ledger_shards WHERE hunt NOT IN (SELECT number FROM ledger_hunts)
            UNION ALL SELECT 'entries before the first', hunt, shard, position FROM ledger_entries WHERE position < 1
            LIMIT 1
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            yield return $"there are {row.GetString(0)} of a hunt with the number {row.GetInt32(1)}, and no chain holds them "
                + $"(shard {row.GetInt32(2)}, position {row.GetInt64(3)}).";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task<List<int>> ListShardsAsync(HuntId hunt, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            WITH hunt AS (SELECT number FROM ledger_hunts WHERE id = $1)
            SELECT shard FROM ledger_entries WHERE hunt = (SELECT number FROM hunt)
            UNION SELECT shard FROM ledger_shards WHERE hunt = (SELECT number FROM hunt) ORDER BY 1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hunt.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var shards = new List<int>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            shards.Add(row.GetInt32(0));
        }

        return shards;
    }

    private async Task<bool> HasTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT to_regclass('ledger_entries') IS NOT NULL AND to_regclass('ledger_shards') IS NOT NULL");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql) => new(sql, _connection) { CommandTimeout = Unlimited };
}
