using Microsoft.Data.Sqlite;
using Veltrix.World;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// Checkpoints in <c>state.db</c>, one row a player. What arrives while a batch is written makes the next batch, which is one transaction: three
/// thousand players who join in one second cost a few writes. All who wait for a batch wait for the same task.
/// </summary>
public sealed class SqliteCheckpointStore : ICheckpointStore, IAsyncDisposable
{
    // A batch takes some 20 ms to write when it is full. Who comes later waits for the one before to be taken, so this bounds memory.
    private const int MostInBatch = 4_096;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _upsert;
    private readonly SqliteConnection _reader;
    private readonly SqliteStatement _select;
    private readonly Lock _reading = new();
    private Batch _waiting = new();
    private Batch? _beingWritten;
    private Task _writing = Task.CompletedTask;

    public SqliteCheckpointStore(string path)
    {
        _connection = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations);
        _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_connection, "COMMIT");

        // Inside one session a checkpoint never goes back: a late write of an activation that was replaced changes nothing.
        _upsert = new SqliteStatement(
            _connection,
            """
            INSERT INTO checkpoints (hunt, player, session, applied, x, y, has_left, answers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET session = excluded.session, applied = excluded.applied, x = excluded.x, y = excluded.y,
                has_left = excluded.has_left, answers = excluded.answers
            WHERE session <> excluded.session OR applied <= excluded.applied
            """);
        _reader = SqliteFile.OpenReader(path);
        _select = new SqliteStatement(
            _reader, "SELECT session, applied, x, y, has_left, answers FROM checkpoints WHERE hunt = ? AND player = ?");
    }

    public async ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // A batch stays here until it is committed, so a checkpoint is in one of the two or in the file.
            if (_waiting.Newest.TryGetValue((hunt, player), out var newest)
                || (_beingWritten is { } batch && batch.Newest.TryGetValue((hunt, player), out newest)))
            {
                return newest;
            }
        }

        return await Task.Run(() => Read(hunt, player), cancellationToken);
    }

    public async ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        while (true)
        {
            Batch batch;
            bool taken;
            lock (_gate)
            {
                batch = _waiting;
                taken = batch.TryAdd(checkpoint);
                if (_writing.IsCompleted)
                {
                    _writing = Task.Run(WriteAll);
                }
            }

            if (taken)
            {
                await batch.Written.Task;
                return;
            }

            await batch.Begun.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_gate)
        {
            writing = _writing;
        }

        await writing;
        _begin.Dispose();
        _commit.Dispose();
        _upsert.Dispose();
        await _connection.DisposeAsync();
        _select.Dispose();
        await _reader.DisposeAsync();
    }

    private PlayerCheckpoint? Read(HuntId hunt, PlayerId player)
    {
        lock (_reading)
        {
            if (!_select.Bind(1, hunt.Value).Bind(2, player.Value).Step())
            {
                return null;
            }

            var found = new PlayerCheckpoint(
                hunt,
                player,
                new SessionId(new Guid(_select.Bytes(0), bigEndian: true)),
                unchecked((ulong)_select.Int64(1)),
                Tile.At(_select.Int32(2), _select.Int32(3)),
                _select.Int64(4) != 0,
                _select.Bytes(5).ToArray());
            _select.Reset();
            return found;
        }
    }

    private void WriteAll()
    {
        while (true)
        {
            Batch batch;
            lock (_gate)
            {
                _beingWritten = null;
                if (_waiting.Newest.Count == 0)
                {
                    // Said under the lock: whoever adds from now on starts the next writer.
                    _writing = Task.CompletedTask;
                    return;
                }

                batch = _beingWritten = _waiting;
                _waiting = new Batch();
            }

            batch.Begun.SetResult();
            try
            {
                Write(batch);
                batch.Written.SetResult();
            }
            catch (Exception problem)
            {
                // Each who waits hears of it and decides; the next batch tries anew.
                batch.Written.SetException(new IOException($"{batch.Newest.Count} checkpoints could not be written: {problem.Message}", problem));
            }
        }
    }

    private void Write(Batch batch)
    {
        _begin.Run();
        try
        {
            Span<byte> session = stackalloc byte[16];
            foreach (var checkpoint in batch.Newest.Values)
            {
                _ = checkpoint.Session.Value.TryWriteBytes(session, bigEndian: true, out _);
                _upsert.Bind(1, checkpoint.Hunt.Value)
                    .Bind(2, checkpoint.Player.Value)
                    .Bind(3, session)
                    .Bind(4, unchecked((long)checkpoint.Applied))
                    .Bind(5, checkpoint.Tile.X)
                    .Bind(6, checkpoint.Tile.Y)
                    .Bind(7, checkpoint.Left ? 1 : 0)
                    .Bind(8, checkpoint.Answers.Span)
                    .Run();
            }

            _commit.Run();
        }
        catch
        {
            SqliteFile.RollBack(_connection);
            throw;
        }
    }

    private sealed class Batch
    {
        public Dictionary<(HuntId, PlayerId), PlayerCheckpoint> Newest { get; } = [];

        /// <summary>The batch takes no more: there is a next one.</summary>
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <returns>whether the checkpoint is in the batch, or a newer one of the player is</returns>
        public bool TryAdd(PlayerCheckpoint checkpoint)
        {
            var key = (checkpoint.Hunt, checkpoint.Player);
            if (Newest.TryGetValue(key, out var known))
            {
                if (known.Session != checkpoint.Session || known.Applied <= checkpoint.Applied)
                {
                    Newest[key] = checkpoint;
                }

                return true;
            }

            return Newest.Count < MostInBatch && Newest.TryAdd(key, checkpoint);
        }
    }
}
