using System.Globalization;
using System.Net;
using Npgsql;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>
/// A network of the run's own on Linux: each process lives in a network namespace, with one link to a bridge, as if each had a host to itself. The players reach gateways over the
/// bridge, and the database is reached through it by way of a forwarder, so that it may stay on the loopback interface. Its names and addresses are this process's own, and it is
/// taken away at the end.
/// </summary>
internal sealed class NamespaceNetwork : ITestNetwork
{
    // No link and no address of that kind: frames to it leave the silo and are taken by nobody, as on a network that loses them.
    private const string Nobody = "02:00:00:00:00:01";

    // Reserved for tests of networks (RFC 2544), so that hardly anybody routes them.
    private const string Prefix = "198.18";

    private const int HttpPort = 8080;
    private const int SiloPort = 11_111;
    private const int ClientPort = 30_000;

    // A link that was just set up loses what is sent before the kernel has looked at it, and what was lost is sent again after 1 s, 2 s and so on.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(8);

    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"vx{Environment.ProcessId}");
    private readonly List<Victim> _processes;
    private readonly List<Victim> _housed = [];
    private readonly string _subnet;
    private Forwarder? _forwarder;
    private bool _bridged;

    private NamespaceNetwork(IEnumerable<Victim> processes, string subnet)
    {
        _processes = [.. processes];
        _subnet = subnet;

        // Also when the process is made to end before it comes to its own end.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public string Database { get; private set; } = "";

    public bool CanCut => true;

    /// <summary>Makes the network.</summary>
    /// <returns>the network, or why there can be none here</returns>
    public static async Task<(NamespaceNetwork? Network, string? Why)> TryCreateAsync(IEnumerable<Victim> processes, NpgsqlConnectionStringBuilder database)
    {
        if (Missing(database) is { } missing)
        {
            return (null, missing);
        }

        NamespaceNetwork? network = null;
        try
        {
            network = new NamespaceNetwork(processes, await FreeSubnetAsync());
            await network.BuildAsync(database);
            return (network, null);
        }
        catch (Exception refused) when (refused is IOException or System.Net.Sockets.SocketException)
        {
            await (network?.DisposeAsync() ?? ValueTask.CompletedTask);
            return (null, $"this machine does not let network namespaces be made ({refused.Message})");
        }
        catch
        {
            await (network?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>What keeps a network from being made, as far as that can be seen beforehand.</summary>
    internal static string? Missing(NpgsqlConnectionStringBuilder database) => true switch
    {
        _ when !OperatingSystem.IsLinux() => "network namespaces are Linux's",
        _ when !Environment.IsPrivilegedProcess => "network namespaces are made by root, and this is not",
        _ when IpTool.File is null => "the program ip is missing (it is in the package iproute2)",
        _ when database.Host!.Contains(',', StringComparison.Ordinal) || database.Host.StartsWith('/') => "the database has more than one host, or a socket of Unix for one",
        _ when database.SslMode is SslMode.VerifyFull => "the database's name is checked against its certificate, and would be another one",
        _ => null,
    };

    public Spot SpotOf(Victim who) => new(AddressOf(who), HttpPort, SiloPort, ClientPort, [IpTool.File!, "netns", "exec", SpaceOf(who)]);

    public Task CutAsync(Victim who) => IpTool.RunAsync("link", "set", LinkOf(who), "down");

    public async Task HealAsync(Victim who)
    {
        await IpTool.RunAsync("link", "set", LinkOf(who), "up");

        // A search for a neighbour that began while the link was away fails within seconds of its beginning, and fails whoever has joined it since.
        await IpTool.RunAsync("-n", SpaceOf(who), "neigh", "flush", "dev", "eth0");
        await IpTool.RunAsync("neigh", "flush", "to", AddressOf(who).ToString(), "dev", _run);
        foreach (var other in _processes.Where(other => other != who))
        {
            await IpTool.RunAsync("-n", SpaceOf(other), "neigh", "flush", "to", AddressOf(who).ToString(), "dev", "eth0");
        }
    }

    public async Task PartAsync(Victim silo)
    {
        foreach (var other in OtherSilos(silo))
        {
            await IpTool.RunAsync("-n", SpaceOf(silo), "neigh", "replace", AddressOf(other).ToString(), "lladdr", Nobody, "nud", "permanent", "dev", "eth0");
        }
    }

    public async Task RejoinAsync(Victim silo)
    {
        foreach (var other in OtherSilos(silo))
        {
            await IpTool.RunAsync("-n", SpaceOf(silo), "neigh", "del", AddressOf(other).ToString(), "dev", "eth0");
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        await (_forwarder?.DisposeAsync() ?? ValueTask.CompletedTask);
        await RemoveAsync();
        _forwarder = null;
    }

    private void OnExit(object? sender, EventArgs exit) => RemoveAsync().GetAwaiter().GetResult();

    private async Task RemoveAsync()
    {
        foreach (var who in _housed)
        {
            // Both ends of the link go at once. With the namespace they would go too, but some time after the command is back, and their names are taken until then.
            _ = await IpTool.TryAsync("link", "del", LinkOf(who));
            _ = await IpTool.TryAsync("netns", "del", SpaceOf(who));
        }

        if (_bridged)
        {
            _ = await IpTool.TryAsync("link", "del", _run);
        }

        _bridged = false;
        _housed.Clear();
    }

    private async Task BuildAsync(NpgsqlConnectionStringBuilder database)
    {
        await IpTool.RunAsync("link", "add", _run, "type", "bridge");
        _bridged = true;
        await IpTool.RunAsync("addr", "add", $"{_subnet}.1/24", "dev", _run);
        await IpTool.RunAsync("link", "set", _run, "up");
        foreach (var who in _processes)
        {
            var (space, link) = (SpaceOf(who), LinkOf(who));
            await IpTool.RunAsync("netns", "add", space);
            _housed.Add(who);
            await IpTool.RunAsync("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
            await IpTool.RunAsync("link", "set", link, "master", _run);
            await IpTool.RunAsync("link", "set", link, "up");
            await IpTool.RunAsync("-n", space, "addr", "add", $"{AddressOf(who)}/24", "dev", "eth0");
            await IpTool.RunAsync("-n", space, "link", "set", "eth0", "up");
            await IpTool.RunAsync("-n", space, "link", "set", "lo", "up");
        }

        _forwarder = new Forwarder(IPAddress.Parse($"{_subnet}.1"), database.Host!, database.Port);
        await TryAsync();
        Database = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = $"{_subnet}.1", Port = _forwarder.Port }.ConnectionString;
    }

    /// <summary>Whether processes will reach each other: a machine may filter what crosses its bridges, or what comes to it from one.</summary>
    /// <exception cref="IOException">They would not.</exception>
    private async Task TryAsync()
    {
        await NamespaceProbe.ReachAsync(SpaceOf(_processes[0]), new IPEndPoint(IPAddress.Parse($"{_subnet}.1"), _forwarder!.Port), ProbePatience);
        if (_processes is [var first, .., var last])
        {
            await NamespaceProbe.ReachAsync(SpaceOf(first), SpaceOf(last), AddressOf(last), ProbePatience);
        }
    }

    private IEnumerable<Victim> OtherSilos(Victim silo) => _processes.Where(other => other.Role is Role.Silo && other != silo);

    private IPAddress AddressOf(Victim who) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{_subnet}.{(who.Role is Role.Silo ? 10 : 100) + who.Number}"));

    private string SpaceOf(Victim who) => $"{_run}-{who}";

    // The kernel takes 15 characters.
    private string LinkOf(Victim who) => string.Create(CultureInfo.InvariantCulture, $"{_run}{(who.Role is Role.Silo ? 's' : 'g')}{who.Number}");

    /// <summary>One that no interface of this machine is in; another run looks elsewhere first.</summary>
    private static async Task<string> FreeSubnetAsync()
    {
        var taken = await IpTool.ReadAsync("-o", "-4", "address");
        var subnets = Enumerable.Range(0, 256).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{(Environment.ProcessId + i) % 256}"));
        return subnets.First(subnet => !taken.Contains($" {subnet}.", StringComparison.Ordinal));
    }
}
