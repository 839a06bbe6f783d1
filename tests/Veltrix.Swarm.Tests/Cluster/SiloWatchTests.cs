using System.Net;
using System.Net.Sockets;

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
}
