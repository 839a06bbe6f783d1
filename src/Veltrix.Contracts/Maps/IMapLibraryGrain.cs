using Orleans.Concurrency;

namespace Veltrix.Contracts;

/// <summary>The stored maps, by content hash. Stateless: every silo answers for itself. The key is <see cref="GrainKeys.Whole"/>.</summary>
[Alias("veltrix.IMapLibraryGrain")]
public interface IMapLibraryGrain : IGrainWithStringKey
{
    /// <summary>Stores a map as <see cref="Veltrix.World.Maps.MapCodec"/> writes it. A repeat changes nothing.</summary>
    [Alias("Store")]
    ValueTask<MapSummary> StoreAsync(Immutable<byte[]> encoded, CancellationToken cancellationToken = default);

    /// <summary>A stored map's bytes, or null.</summary>
    [Alias("Load")]
    ValueTask<Immutable<byte[]>?> LoadAsync(string hash, CancellationToken cancellationToken = default);

    /// <summary>The stored maps in order of their hashes.</summary>
    [Alias("List")]
    ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}

[GenerateSerializer, Immutable, Alias("veltrix.map-summary")]
public sealed record MapSummary(
    [property: Id(0)] string Hash, [property: Id(1)] string Name, [property: Id(2)] int Width, [property: Id(3)] int Height);

/// <summary>Where silos keep maps.</summary>
public interface IMapStore
{
    /// <summary>Stores a map; one with the same hash stays as it is.</summary>
    ValueTask SaveAsync(MapSummary summary, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default);

    ValueTask<byte[]?> LoadAsync(string hash, CancellationToken cancellationToken = default);

    ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}
