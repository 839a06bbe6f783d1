using Orleans.Concurrency;
using Veltrix.World.Maps;

namespace Veltrix.Grains.Maps;

/// <summary>The stored maps. Every silo has its own activations: they hold nothing.</summary>
[GrainType("map-library"), StatelessWorker]
internal sealed class MapLibraryGrain(IMapStore store, IMapThreads threads) : Grain, IMapLibraryGrain
{
    public async ValueTask<MapSummary> StoreAsync(Immutable<byte[]> encoded, CancellationToken cancellationToken = default)
    {
        // The name under which a map is stored is reckoned from its content, not believed.
        var map = await threads.RunAsync(() => MapCodec.Decode(encoded.Value), cancellationToken);
        var summary = new MapSummary(map.Hash, map.Name, map.Width, map.Height);
        await store.SaveAsync(summary, encoded.Value, CancellationToken.None);
        return summary;
    }

    public async ValueTask<Immutable<byte[]>?> LoadAsync(string hash, CancellationToken cancellationToken = default) =>
        await store.LoadAsync(hash, cancellationToken) is { } encoded ? new Immutable<byte[]>(encoded) : null;

    public ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return store.ListAsync(after, limit, cancellationToken);
    }
}
