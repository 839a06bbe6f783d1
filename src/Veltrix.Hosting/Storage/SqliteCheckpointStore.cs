using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Threads;
using Veltrix.World;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// Checkpoints in <c>state.db</c>, one row a player. What arrives while a batch is written makes the next batch, which is one transaction: three
/// thousand players who join in one second cost a few writes. All who wait for a batch wait for the same task.
/// </summary>
public sealed class SqliteCheckpointStore : ICheckpointStore, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _upsert;
    private readonly SqliteConnection _reader;
    private readonly SqliteStatement _select;
    private readonly OwnThreads _readers = new("checkpoint reader", 1);
    private readonly WriterThread<CheckpointBatch> _writer;

    public SqliteCheckpointStore(string path)
    {
        _connection = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations);
        _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_connection, "COMMIT");

        // The rule of PlayerCheckpoint.Supersedes: a late write of an activation that was replaced changes nothing.
        _upsert = new SqliteStatement(
            _connection,
            """
            INSERT INTO checkpoints (hunt, player, session, applied, x, y, has_left, answers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET session = excluded.session, applied = excluded.applied, x = excluded.x, y = excluded.y,
                has_left = excluded.has_left, answers = excluded.answers
            WHERE CASE WHEN session = excluded.session THEN applied <= excluded.applied ELSE excluded.applied = 0 END
            """);
        _reader = SqliteFile.OpenReader(path);
        _select = new SqliteStatement(
            _reader, "SELECT session, applied, x, y, has_left, answers FROM checkpoints WHERE hunt = ? AND player = ?");
        _writer = new WriterThread<CheckpointBatch>("checkpoint writer", new CheckpointBatch(), new CheckpointBatch(), Write);
    }

    public ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default)
    {
        // A batch can be seen until it is committed, so a checkpoint is in one of the two or in the file.
        var unwritten = _writer.Look(
            (hunt, player),
            static (waiting, taken, key) => waiting.Newest.GetValueOrDefault(key) ?? taken.Newest.GetValueOrDefault(key));
        return unwritten is not null ? new(unwritten) : new(_readers.RunAsync(() => Read(hunt, player), cancellationToken));
    }

    /// <exception cref="IOException">The checkpoint's batch could not be written; the file is as it was before.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed: nothing was written.</exception>
    public async ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        while (true)
        {
            var (taken, done) = _writer.Add(checkpoint, static (batch, checkpoint) => batch.TryAdd(checkpoint)
                ? (Taken: true, batch.Written)
                : (Taken: false, batch.Begun));
            await done;
            if (taken)
            {
                return;
            }
        }
    }

    /// <summary>Writes what was taken, then closes the file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _upsert.Dispose();
        _connection.Dispose();
        _readers.Dispose();
        _select.Dispose();
        _reader.Dispose();
    }

    private PlayerCheckpoint? Read(HuntId hunt, PlayerId player)
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

    private void Write(CheckpointBatch batch)
    {
        batch.Begin();
        try
        {
            Upsert(batch);
            batch.Succeed();
        }
        catch (Exception problem)
        {
            batch.Fail(problem);
        }
    }

    private void Upsert(CheckpointBatch batch)
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
}
