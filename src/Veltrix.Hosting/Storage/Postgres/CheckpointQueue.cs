namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// Gathers checkpoints for a store. What arrives while a batch is written makes the next batch: three thousand players who join in one second cost a
/// few writes. All who wait for a batch wait for the same task, and one batch is written at a time.
/// </summary>
/// <param name="write">writes a batch, one checkpoint a player, whole or not at all; runs on the thread pool, never twice at once</param>
internal sealed class CheckpointQueue(Func<IReadOnlyCollection<PlayerCheckpoint>, ValueTask> write)
{
    private readonly Lock _gate = new();
    private CheckpointBatch _waiting = new();
    private CheckpointBatch? _beingWritten;
    private Task _writing = Task.CompletedTask;
    private bool _closed;

    /// <summary>The checkpoint of a player that is on its way; null when all that came for the player is written.</summary>
    public PlayerCheckpoint? Find(HuntId hunt, PlayerId player)
    {
        lock (_gate)
        {
            // A batch stays here until it is committed, so a checkpoint is in one of the two or in the store.
            return _waiting.Newest.TryGetValue((hunt, player), out var newest)
                || (_beingWritten is { } batch && batch.Newest.TryGetValue((hunt, player), out newest))
                ? newest
                : null;
        }
    }

    /// <summary>Completes when the checkpoint is written, or a newer one of the player in its place.</summary>
    /// <exception cref="IOException">The batch could not be written. The next batch tries anew.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed: nothing was written.</exception>
    public async ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        while (true)
        {
            CheckpointBatch batch;
            bool taken;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                batch = _waiting;
                taken = batch.TryAdd(checkpoint);
                if (_writing.IsCompleted)
                {
                    _writing = Task.Run(WriteAllAsync);
                }
            }

            if (taken)
            {
                await batch.Written;
                return;
            }

            await batch.Begun;
        }
    }

    /// <summary>Takes no more, and completes when what was taken is written.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            return _writing;
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            CheckpointBatch batch;
            lock (_gate)
            {
                _beingWritten = null;
                if (_waiting.IsEmpty)
                {
                    // Said under the lock: whoever adds from now on starts the next writer.
                    _writing = Task.CompletedTask;
                    return;
                }

                batch = _beingWritten = _waiting;
                _waiting = new CheckpointBatch();
            }

            batch.Begin();
            try
            {
                await write(batch.Newest.Values);
                batch.Succeed();
            }
            catch (Exception problem)
            {
                batch.Fail(problem);
            }
        }
    }
}
