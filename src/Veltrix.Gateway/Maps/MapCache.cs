using System.Collections.Concurrent;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Maps;

/// <summary>
/// Decoded maps for those parts of the gateway that look at tiles: pictures, sight, uploads' answers. Maps never change, so what is here is right
/// for ever; the least recently used ones go when all together have too many tiles.
/// </summary>
internal sealed class MapCache(IGrainFactory grains, IMapThreads threads)
{
    /// <summary>About 200 MB.</summary>
    private const long MostTiles = TileMap.MaxTiles;

    private readonly ConcurrentDictionary<string, MapSize> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TileMap Map, long Used)> _maps = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _uses;

    /// <summary>The map with this hash, or null when none is stored.</summary>
    public async ValueTask<TileMap?> FindAsync(string hash, CancellationToken cancellationToken = default)
    {
        if (Known(hash) is { } known)
        {
            return known;
        }

        // One at a time: a crowd that asks for the same large map decodes it once.
        await _loading.WaitAsync(cancellationToken);
        try
        {
            if (Known(hash) is { } meanwhile)
            {
                return meanwhile;
            }

            var stored = await grains.MapLibrary().LoadAsync(hash, cancellationToken);
            if (stored is not { } bytes)
            {
                return null;
            }

            // A large map takes a second.
            var map = await threads.RunAsync(() => MapCodec.Decode(bytes.Value), cancellationToken);
            Keep(map);
            return map;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>The size of a stored map; 0 x 0 when it is not to be had.</summary>
    public async ValueTask<MapSize> SizeAsync(string hash, CancellationToken cancellationToken = default)
    {
        if (_sizes.TryGetValue(hash, out var size))
        {
            return size;
        }

        return await FindAsync(hash, cancellationToken) is { } map ? new MapSize(map.Width, map.Height) : default;
    }

    /// <summary>Takes a map that was just made.</summary>
    public void Keep(TileMap map)
    {
        _sizes[map.Hash] = new MapSize(map.Width, map.Height);
        lock (_maps)
        {
            _maps[map.Hash] = (map, ++_uses);
            while (_maps.Count > 1 && _maps.Values.Sum(kept => (long)kept.Map.Width * kept.Map.Height) > MostTiles)
            {
                _maps.Remove(_maps.MinBy(kept => kept.Value.Used).Key);
            }
        }
    }

    private TileMap? Known(string hash)
    {
        lock (_maps)
        {
            if (!_maps.TryGetValue(hash, out var kept))
            {
                return null;
            }

            _maps[hash] = (kept.Map, ++_uses);
            return kept.Map;
        }
    }
}

internal readonly record struct MapSize(int Width, int Height);
