using System.Collections.Concurrent;
using System.Collections.Immutable;
using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Checkpoints in memory, that can be made to fail.</summary>
public sealed class MemoryCheckpoints : ICheckpointStore
{
    private readonly ConcurrentDictionary<(HuntId, PlayerId), PlayerCheckpoint> _saved = new();
    private readonly ConcurrentDictionary<(HuntId, PlayerId), int> _failures = new();
    private readonly ConcurrentDictionary<(HuntId, PlayerId), int> _saves = new();

    public int Saves(HuntId hunt, PlayerId player) => _saves.GetValueOrDefault((hunt, player));

    public PlayerCheckpoint? Of(HuntId hunt, PlayerId player) => _saved.GetValueOrDefault((hunt, player));

    /// <summary>Puts a checkpoint in place of what is there, as a process that died before it saved again leaves it.</summary>
    public void Put(PlayerCheckpoint checkpoint) => _saved[(checkpoint.Hunt, checkpoint.Player)] = checkpoint;

    /// <summary>Lets a player's next save fail, after it was written or before.</summary>
    public void FailNext(HuntId hunt, PlayerId player, bool written) => _failures[(hunt, player)] = written ? 2 : 1;

    public ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default) =>
        new(_saved.GetValueOrDefault((hunt, player)));

    public async ValueTask SaveAsync(PlayerCheckpoint checkpoint)
    {
        var key = (checkpoint.Hunt, checkpoint.Player);
        await Task.Yield();
        _failures.TryRemove(key, out var failure);
        if (failure == 1)
        {
            throw new IOException("The disk is full.");
        }

        _saved[key] = checkpoint;
        _saves.AddOrUpdate(key, 1, static (_, count) => count + 1);
        if (failure == 2)
        {
            throw new IOException("The reply is lost.");
        }
    }
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
