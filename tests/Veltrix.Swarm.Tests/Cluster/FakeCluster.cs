using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Veltrix.Contracts;
using Veltrix.Silo.Members;

namespace Veltrix.Swarm.Tests.Cluster;

/// <summary>A cluster as one of its silos sees it: who is in it, and whom the others reach.</summary>
internal sealed class FakeCluster(SiloAddress own, params SiloAddress[] others) : ISiloStatusOracle, IClusterMembershipService, ISiloPeers
{
    public Dictionary<SiloAddress, SiloStatus> Statuses { get; } = others.Prepend(own).ToDictionary(static silo => silo, static _ => SiloStatus.Active);

    /// <summary>Silos that are refused as well.</summary>
    public HashSet<SiloAddress> RefusedToo { get; } = [];

    /// <summary>Which hunts the other silos play; one that is not here does not answer.</summary>
    public Dictionary<SiloAddress, ImmutableArray<HuntId>> Played { get; } = [];

    public List<SiloAddress> Killed { get; } = [];

    public int Asked { get; private set; }

    public SiloStatus CurrentStatus => Statuses[own];

    public string SiloName => "own";

    public SiloAddress SiloAddress => own;

    public ClusterMembershipSnapshot CurrentSnapshot => throw new NotSupportedException();

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

    public SiloWatch Watch() =>
        new(this, this, this, Options.Create(new Hosting.Cluster.ClusterOptions { Votes = 2 }), TimeProvider.System, NullLogger<SiloWatch>.Instance);

    public Task<bool> TryKill(SiloAddress siloAddress)
    {
        Killed.Add(siloAddress);
        return Task.FromResult(true);
    }

    public ISiloPeer At(SiloAddress silo)
    {
        Asked++;
        return new Peer(this, silo);
    }

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => Statuses[siloAddress];

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) =>
        Statuses.Where(silo => !onlyActive || silo.Value == SiloStatus.Active).ToDictionary();

    public SiloAddress[] GetActiveSilos() => throw new NotSupportedException();

    public bool TryGetSiloName(SiloAddress siloAddress, out string siloName) => throw new NotSupportedException();

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => throw new NotSupportedException();

    public bool IsDeadSilo(SiloAddress silo) => throw new NotSupportedException();

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private sealed class Peer(FakeCluster cluster, SiloAddress peer) : ISiloPeer
    {
        public Task<bool> IsGoneAsync(SiloAddress silo) => cluster.RefusedToo.Contains(peer) ? Task.FromResult(true) : throw new SiloUnavailableException("It does not say so.");

        public Task<ImmutableArray<HuntId>> RunningAsync() =>
            cluster.Played.TryGetValue(peer, out var hunts) ? Task.FromResult(hunts) : throw new SiloUnavailableException("It does not say so.");

        public Task LeavingAsync(SiloAddress silo) => throw new NotSupportedException();
    }
}
