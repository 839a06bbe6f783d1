using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Veltrix.Silo.Members;

namespace Veltrix.Swarm.Tests.Cluster;

/// <summary>What a silo does when its connection to another ends.</summary>
public sealed class SiloWatchTests
{
    private static readonly SiloAddress Own = At(1);
    private static readonly SiloAddress Third = SiloAddress.New(IPAddress.Parse("127.0.0.3"), 1, 1);
    private static readonly SiloAddress Fourth = SiloAddress.New(IPAddress.Parse("127.0.0.4"), 1, 1);

    [Fact]
    public async Task OnConnectionEnded_WhereThePortIsClosedForOthersToo_DeclaresTheSiloDead()
    {
        var dead = At(ClosedPortNumber());
        var cluster = new FakeCluster(Own, dead, Third, Fourth) { RefusedToo = { Third, Fourth } };

        await cluster.Watch().OnConnectionEnded(dead.Endpoint.Address);

        Assert.Equal([dead], cluster.Killed);
    }

    [Fact]
    public async Task OnConnectionEnded_WhereOthersReachTheSilo_LeavesItToTheProbes()
    {
        var reached = At(ClosedPortNumber());
        var cluster = new FakeCluster(Own, reached, Third, Fourth);

        await cluster.Watch().OnConnectionEnded(reached.Endpoint.Address);

        Assert.Empty(cluster.Killed);
        Assert.True(cluster.Asked > 2, "It asks again: the others may be late.");
    }

    [Fact]
    public async Task OnConnectionEnded_WithoutOthers_IsEnoughByItself()
    {
        var dead = At(ClosedPortNumber());
        var cluster = new FakeCluster(Own, dead);

        await cluster.Watch().OnConnectionEnded(dead.Endpoint.Address);

        Assert.Equal([dead], cluster.Killed);
    }

    [Fact]
    public async Task OnConnectionEnded_OfOneOfTwoSilosOnAMachine_FindsTheDeadOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dead = At(ClosedPortNumber());
        var cluster = new FakeCluster(Own, At(((IPEndPoint)listener.LocalEndpoint).Port), dead, Third) { RefusedToo = { Third } };

        await cluster.Watch().OnConnectionEnded(IPAddress.Loopback.MapToIPv6());

        Assert.Equal([dead], cluster.Killed);
    }

    [Fact]
    public async Task OnConnectionEnded_WhereSomebodyListens_AsksNobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var alive = At(((IPEndPoint)listener.LocalEndpoint).Port);
        var cluster = new FakeCluster(Own, alive, Third) { RefusedToo = { Third } };

        await cluster.Watch().OnConnectionEnded(alive.Endpoint.Address);

        Assert.Empty(cluster.Killed);
        Assert.Equal(0, cluster.Asked);
    }

    [Fact]
    public async Task OnConnectionEnded_BeforeThePortIsClosed_LooksAgain()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dead = At(((IPEndPoint)listener.LocalEndpoint).Port);
        var cluster = new FakeCluster(Own, dead);

        var look = cluster.Watch().OnConnectionEnded(dead.Endpoint.Address);
        using (await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            listener.Stop();
        }

        await look;
        Assert.Equal([dead], cluster.Killed);
    }

    [Fact]
    public async Task OnConnectionEnded_OfASiloThatStops_LetsBothGoInPeace()
    {
        var other = At(ClosedPortNumber());
        var otherStops = new FakeCluster(Own, other);
        otherStops.Statuses[other] = SiloStatus.ShuttingDown;
        var ownStops = new FakeCluster(Own, other);
        ownStops.Statuses[Own] = SiloStatus.ShuttingDown;

        await otherStops.Watch().OnConnectionEnded(other.Endpoint.Address);
        await ownStops.Watch().OnConnectionEnded(other.Endpoint.Address);

        Assert.Empty(otherStops.Killed);
        Assert.Empty(ownStops.Killed);
    }

    private static SiloAddress At(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);

    private static int ClosedPortNumber()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A cluster as one of its silos sees it: who is in it, and whom the others reach.</summary>
    private sealed class FakeCluster(SiloAddress own, params SiloAddress[] others) : ISiloStatusOracle, IClusterMembershipService, ISiloPeers, ISiloPeer
    {
        public Dictionary<SiloAddress, SiloStatus> Statuses { get; } = others.Prepend(own).ToDictionary(static silo => silo, static _ => SiloStatus.Active);

        /// <summary>Silos that are refused as well.</summary>
        public HashSet<SiloAddress> RefusedToo { get; } = [];

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
            return RefusedToo.Contains(silo) ? this : throw new SiloUnavailableException("It does not say so.");
        }

        public Task<bool> IsGoneAsync(SiloAddress silo) => Task.FromResult(true);

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

        public Task LeavingAsync(SiloAddress silo) => throw new NotSupportedException();
    }
}
