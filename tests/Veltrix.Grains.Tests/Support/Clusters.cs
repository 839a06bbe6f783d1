using Veltrix.Grains.Tests.Support;

// Tests that never move the clock share this one; it stands still for all of them.
[assembly: AssemblyFixture(typeof(GrainsCluster))]

namespace Veltrix.Grains.Tests.Support;

/// <summary>Tests that move the clock run one after the other, in a cluster of their own.</summary>
[CollectionDefinition(Name)]
public sealed class ClockCollection : ICollectionFixture<MovingCluster>
{
    public const string Name = "clock";
}

/// <summary>The cluster whose clock tests may move.</summary>
public sealed class MovingCluster : IAsyncLifetime
{
    public GrainsCluster Cluster { get; } = new();

    public ValueTask InitializeAsync() => Cluster.InitializeAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
