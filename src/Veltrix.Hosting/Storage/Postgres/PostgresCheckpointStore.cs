using Npgsql;
using NpgsqlTypes;
using Veltrix.World;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// Checkpoints in the cluster's database, one row a player, many rows to a statement. A commit waits for the server's disk only when a session begins or ends in
/// it (else synchronous_commit is off for it): when the server itself dies, it may forget the last moments of the others, about half a second, though never half
/// of a batch. No promise rests on those: who scored is in the ledger, and where a player stands is also known to the silo and the gateway.
/// </summary>
public sealed class PostgresCheckpointStore : ICheckpointStore, IAsyncDisposable
{
    // The rule of PlayerCheckpoint.Supersedes: a late write of an activation that was replaced changes nothing, on whichever silo it was.
    private const string Upsert =
        """
        INSERT INTO checkpoints AS c (hunt, player, session, applied, x, y, has_left, answers)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (hunt, player) DO UPDATE SET session = excluded.session, applied = excluded.applied, x = excluded.x, y = excluded.y,
            has_left = excluded.has_left, answers = excluded.answers
        WHERE CASE WHEN c.session = excluded.session THEN c.applied <= excluded.applied ELSE excluded.applied = 0 END
        """;

    private readonly NpgsqlDataSource _database;
    private readonly CheckpointQueue _queue;

    public PostgresCheckpointStore(NpgsqlDataSource database)
    {
        _database = database;
        _queue = new CheckpointQueue(WriteAsync);
    }

    public async ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default)
    {
        if (_queue.Find(hunt, player) is { } waiting)
        {
            return waiting;
        }

        await using var select = _database.CreateCommand(
            "SELECT session, applied, x, y, has_left, answers FROM checkpoints WHERE hunt = $1 AND player = $2");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hunt.Value });
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = player.Value });
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken)
            ? new PlayerCheckpoint(
                hunt,
                player,
                new SessionId(rows.GetGuid(0)),
                unchecked((ulong)rows.GetInt64(1)),
                Tile.At(rows.GetInt32(2), rows.GetInt32(3)),
                rows.GetBoolean(4),
                rows.GetFieldValue<byte[]>(5))
            : null;
    }

    /// <exception cref="IOException">The checkpoint's batch could not be written, and nothing of it was.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed: nothing was written.</exception>
    public ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return _queue.SaveAsync(checkpoint);
    }

    /// <summary>Writes what was taken, and takes no more; the database is not this store's to close.</summary>
    public async ValueTask DisposeAsync() => await _queue.CloseAsync();

    private async ValueTask WriteAsync(IReadOnlyCollection<PlayerCheckpoint> batch)
    {
        // Two silos may write the same players at once, while their grains move: rows are taken in one order everywhere, so that neither waits for the other in a ring.
        var rows = batch.OrderBy(checkpoint => checkpoint.Hunt.Value, StringComparer.Ordinal).ThenBy(checkpoint => checkpoint.Player.Value, StringComparer.Ordinal).ToArray();

        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var write = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(rows.Any(row => row.IsBeginOrEnd) ? "SET LOCAL synchronous_commit = on" : "SET LOCAL synchronous_commit = off"),
                new NpgsqlBatchCommand(Upsert),
            },
        };
        var parameters = write.BatchCommands[1].Parameters;
        Add(NpgsqlDbType.Text, checkpoint => checkpoint.Hunt.Value);
        Add(NpgsqlDbType.Text, checkpoint => checkpoint.Player.Value);
        Add(NpgsqlDbType.Uuid, checkpoint => checkpoint.Session.Value);
        Add(NpgsqlDbType.Bigint, checkpoint => unchecked((long)checkpoint.Applied));
        Add(NpgsqlDbType.Integer, checkpoint => (int)checkpoint.Tile.X);
        Add(NpgsqlDbType.Integer, checkpoint => (int)checkpoint.Tile.Y);
        Add(NpgsqlDbType.Boolean, checkpoint => checkpoint.Left);
        Add(NpgsqlDbType.Bytea, checkpoint => checkpoint.Answers);
        await write.ExecuteNonQueryAsync();
        await transaction.CommitAsync();

        void Add<T>(NpgsqlDbType type, Func<PlayerCheckpoint, T> field) =>
            parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = Array.ConvertAll(rows, row => field(row)) });
    }
}
