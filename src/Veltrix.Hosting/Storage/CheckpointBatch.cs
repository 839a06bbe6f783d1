using Veltrix.Hosting.Threads;

namespace Veltrix.Hosting.Storage;

/// <summary>Checkpoints that are written together, one a player. All who wait for a batch wait for the same task.</summary>
internal sealed class CheckpointBatch : IWriterBatch
{
    // A batch takes some 20 ms to write when it is full. Who comes later waits for the one before to be taken, so this bounds memory.
    private const int Most = 4_096;

    private TaskCompletionSource _begun = NewSource();
    private TaskCompletionSource _written = NewSource();

    public Dictionary<(HuntId, PlayerId), PlayerCheckpoint> Newest { get; } = [];

    public bool IsEmpty => Newest.Count == 0;

    /// <summary>The batch takes no more: there is a next one.</summary>
    public Task Begun => _begun.Task;

    public Task Written => _written.Task;

    /// <returns>whether the checkpoint is in the batch, or one that goes before it is</returns>
    public bool TryAdd(PlayerCheckpoint checkpoint)
    {
        var key = (checkpoint.Hunt, checkpoint.Player);
        if (Newest.TryGetValue(key, out var known))
        {
            if (checkpoint.Supersedes(known))
            {
                Newest[key] = checkpoint;
            }

            return true;
        }

        return Newest.Count < Most && Newest.TryAdd(key, checkpoint);
    }

    public void Begin() => _begun.SetResult();

    public void Succeed() => _written.SetResult();

    /// <summary>Each who waits hears of it and decides; the next batch tries anew.</summary>
    public void Fail(Exception problem) =>
        _written.SetException(new IOException($"{Newest.Count} checkpoints could not be written: {problem.Message}", problem));

    public void Clear()
    {
        if (!IsEmpty)
        {
            Newest.Clear();
            (_begun, _written) = (NewSource(), NewSource());
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
