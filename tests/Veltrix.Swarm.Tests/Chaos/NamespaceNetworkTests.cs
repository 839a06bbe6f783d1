using System.Net;
using System.Net.Sockets;
using Npgsql;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Networks;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class NamespaceNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly Victim First = new(Role.Silo, 1);
    private static readonly Victim Second = new(Role.Silo, 2);
    private static readonly Victim Gateway = new(Role.Gateway, 1);

    [Fact]
    public async Task Network_CutAndParted_LetsThroughWhatItShould()
    {
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        var (made, why) = await NamespaceNetwork.TryCreateAsync(
            [First, Second, Gateway], new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = ((IPEndPoint)database.LocalEndpoint).Port });
        Assert.SkipWhen(made is null, why ?? "");
        await using var network = made!;
        await ReachesAllAsync();

        await network.PartAsync(First);
        await Assert.ThrowsAsync<IOException>(() => ReachAsync(First, Second));
        await Assert.ThrowsAsync<IOException>(() => ReachAsync(Second, First));
        await ReachAsync(First, Gateway);
        await ReachAsync(Gateway, First);
        await ReachDatabaseAsync(First);
        await network.RejoinAsync(First);
        await ReachesAllAsync();

        await network.CutAsync(First);
        await Assert.ThrowsAsync<IOException>(() => ReachAsync(First, Gateway));
        await Assert.ThrowsAsync<IOException>(() => ReachAsync(Gateway, First));
        await Assert.ThrowsAsync<IOException>(() => ReachDatabaseAsync(First));
        await ReachAsync(Second, Gateway);
        await network.HealAsync(First);
        await ReachesAllAsync();

        async Task ReachesAllAsync()
        {
            await ReachAsync(First, Second);
            await ReachAsync(Second, First);
            await ReachAsync(Gateway, First);
            await ReachDatabaseAsync(First);
        }

        Task ReachAsync(Victim from, Victim to) => NamespaceProbe.ReachAsync(Space(from), Space(to), network.SpotOf(to).Address, Patience);

        Task ReachDatabaseAsync(Victim from)
        {
            var told = new NpgsqlConnectionStringBuilder(network.Database);
            return NamespaceProbe.ReachAsync(Space(from), new IPEndPoint(IPAddress.Parse(told.Host!), told.Port), Patience);
        }

        string Space(Victim who) => network.SpotOf(who).Within[^1];
    }

    [Fact]
    public async Task Network_Ended_LeavesNothing()
    {
        var (made, why) = await NamespaceNetwork.TryCreateAsync([First, Gateway], new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = 5432 });
        Assert.SkipWhen(made is null, why ?? "");
        var space = made!.SpotOf(First).Within[^1];
        var run = space.Split('-')[0];
        Assert.True(File.Exists($"/run/netns/{space}"));
        Assert.Equal([run, $"{run}g1", $"{run}s1"], LinksOf(run));

        await made.DisposeAsync();

        Assert.False(File.Exists($"/run/netns/{space}"));
        Assert.Empty(LinksOf(run));

        static IEnumerable<string> LinksOf(string run) =>
            Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).Where(name => name.StartsWith(run, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Loopback_Spots_HavePortsOfTheirOwn()
    {
        var processes = ChaosCluster.Who(3, 2).ToArray();
        var network = new LoopbackNetwork(processes, "Host=db");
        var ports = processes.Select(network.SpotOf).SelectMany(spot => new[] { spot.HttpPort, spot.SiloPort, spot.ClientPort }).ToArray();

        Assert.Equal(15, ports.Distinct().Count());
        Assert.False(network.CanCut);
    }
}
