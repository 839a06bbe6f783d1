using System.Collections.Concurrent;
using Veltrix.World.Maps;

namespace Veltrix.Grains.Hunts;

/// <summary>
/// Decoded maps by content hash. It holds them weakly: a map lives as long as a scene uses it, and hunts on one map share it.
/// </summary>
internal sealed class MapCache(IMapStore store, IMapThreads threads)
{
    private readonly ConcurrentDictionary<string, WeakReference<TileMap>> _maps = new(StringComparer.Ordinal);

    /// <summary>A stored map, or null when there is none with the hash.</summary>
    /// <exception cref="MapException">The stored bytes are damaged.</exception>
    public async ValueTask<TileMap?> LoadAsync(string hash)
    {
        if (_maps.TryGetValue(hash, out var held) && held.TryGetTarget(out var known))
        {
            return known;
        }

        if (await store.LoadAsync(hash) is not { } encoded)
        {
            return null;
        }

        var map = await threads.RunAsync(() => MapCodec.Decode(encoded));
        foreach (var (dead, reference) in _maps)
        {
            if (!reference.TryGetTarget(out _))
            {
                _maps.TryRemove(new KeyValuePair<string, WeakReference<TileMap>>(dead, reference));
            }
        }

        // Of two loads at once the second takes the first one's map, so that they share it.
        var mine = new WeakReference<TileMap>(map);
        return _maps.GetOrAdd(hash, mine).TryGetTarget(out var shared) ? shared : map;
    }
}
