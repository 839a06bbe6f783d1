using System.Collections.Concurrent;
using System.Collections.Immutable;
using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Checkpoints in memory, that can be made to fail.</summary>
public sealed class MemoryCheckpoints : ICheckpointStore
{
    private readonly ConcurrentDictionary<(HuntId, PlayerId), PlayerCheckpoint> _saved = new();
    private readonly ConcurrentDictionary<(HuntId, PlayerId), (bool Written, TaskCompletionSource Failed)> _failures = new();
    private readonly ConcurrentDictionary<(HuntId, PlayerId), int> _saves = new();

    private readonly List<(Func<PlayerCheckpoint, bool> Wanted, TaskCompletionSource<PlayerCheckpoint> Done)> _waiting = [];

    /// <summary>Waits until a checkpoint is saved that is as wanted; one that is there already counts.</summary>
    public async Task<PlayerCheckpoint> WaitForAsync(HuntId hunt, PlayerId player, Func<PlayerCheckpoint, bool> wanted)
    {
        var done = new TaskCompletionSource<PlayerCheckpoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            if (Of(hunt, player) is { } there && wanted(there))
            {
                return there;
            }

            _waiting.Add((saved => saved.Hunt == hunt && saved.Player == player && wanted(saved), done));
        }

        return await done.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    public int Saves(HuntId hunt, PlayerId player) => _saves.GetValueOrDefault((hunt, player));

    public PlayerCheckpoint? Of(HuntId hunt, PlayerId player) => _saved.GetValueOrDefault((hunt, player));

    /// <summary>Puts a checkpoint in place of what is there, as a process that died before it saved again leaves it.</summary>
    public void Put(PlayerCheckpoint checkpoint) => _saved[(checkpoint.Hunt, checkpoint.Player)] = checkpoint;

    /// <summary>Lets a player's next save fail, after it was written or before.</summary>
    /// <returns>completes when it has failed</returns>
    public Task FailNext(HuntId hunt, PlayerId player, bool written)
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _failures[(hunt, player)] = (written, failed);
        return failed.Task;
    }

    public ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default) =>
        new(_saved.GetValueOrDefault((hunt, player)));

    public async ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        var key = (checkpoint.Hunt, checkpoint.Player);
        await Task.Yield();
        _failures.TryRemove(key, out var failure);
        failure.Failed?.TrySetResult();
        if (failure is { Failed: not null, Written: false })
        {
            throw new IOException("The disk is full.");
        }

        lock (_waiting)
        {
            if (!_saved.TryGetValue(key, out var known) || checkpoint.Supersedes(known))
            {
                _saved[key] = checkpoint;
            }

            _waiting.RemoveAll(waiting => waiting.Wanted(checkpoint) && waiting.Done.TrySetResult(checkpoint));
        }

        _saves.AddOrUpdate(key, 1, static (_, count) => count + 1);
        if (failure.Written)
        {
            throw new IOException("The reply is lost.");
        }
    }
}

/// <summary>Work on maps goes to the pool: the maps of tests are small.</summary>
public sealed class PoolThreads : IMapThreads
{
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default) => Task.Run(work, cancellationToken);
}

public sealed class MemoryMaps : IMapStore
{
    private readonly ConcurrentDictionary<string, (MapSummary Summary, byte[] Encoded)> _maps = new(StringComparer.Ordinal);

    public ValueTask SaveAsync(MapSummary summary, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default)
    {
        _maps.TryAdd(summary.Hash, (summary, encoded.ToArray()));
        return ValueTask.CompletedTask;
    }

    public ValueTask<byte[]?> LoadAsync(string hash, CancellationToken cancellationToken = default) =>
        new(_maps.TryGetValue(hash, out var map) ? map.Encoded : null);

    public ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) => new([
        .. _maps.Values.Select(map => map.Summary)
            .OrderBy(map => map.Hash, StringComparer.Ordinal)
            .Where(map => string.CompareOrdinal(map.Hash, after) > 0)
            .Take(limit)]);
}
