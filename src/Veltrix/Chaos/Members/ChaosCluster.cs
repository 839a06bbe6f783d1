using System.Security.Cryptography;
using Veltrix.Commands.Chaos.Networks;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>The silos and gateways of a run, with secrets of their own.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly ChildThread _children = new();
    private readonly Member[] _members;

    public ChaosCluster(string name, int silos, int gateways, ITestNetwork network, MemberLogs logs)
    {
        Name = name;
        Key = "vop_" + RandomNumberGenerator.GetHexString(64, lowercase: true);
        var environment = new Dictionary<string, string>
        {
            [PostgresOption.Variable] = network.Database,
            ["VELTRIX_SECRET"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["VELTRIX_OPERATOR_KEYS"] = Key,

            // The shortest: a gateway that came back has its share of the players again after a minute, in place of a quarter of an hour.
            ["Veltrix__Gateway__MaxSocketAge"] = "00:01:00",
        };
        _members = [.. Who(silos, gateways).Select(who => new Member(who, network.SpotOf(who), name, environment, _children, logs))];
    }

    /// <summary>All processes of a cluster.</summary>
    public static IEnumerable<Victim> Who(int silos, int gateways) =>
        Enumerable.Range(1, silos).Select(number => new Victim(Role.Silo, number))
            .Concat(Enumerable.Range(1, gateways).Select(number => new Victim(Role.Gateway, number)));

    /// <summary>The cluster's name in the database.</summary>
    public string Name { get; }

    /// <summary>An operator's key of all gateways.</summary>
    public string Key { get; }

    public IReadOnlyList<Member> Members => _members;

    public IEnumerable<Uri> Gateways => _members.Where(member => member.Who.Role is Role.Gateway).Select(member => member.Spot.Url);

    public Member this[Victim who] => _members.Single(member => member.Who == who);

    /// <summary>Those that nobody meant to end, and that have ended.</summary>
    public IEnumerable<Member> Fallen => _members.Where(member => member is { Runs: false, Asked: false });

    /// <summary>Completes when a process ends that nobody meant to end.</summary>
    public async Task FallAsync(CancellationToken stop)
    {
        if (!Fallen.Any())
        {
            await Task.WhenAny(_members.Where(member => member.Runs).Select(member => member.EndedAsync(stop)));
        }
    }

    /// <exception cref="MemberException">One of them does not get up.</exception>
    public Task StartAsync(CancellationToken stop) => Task.WhenAll(_members.Select(member => member.StartAsync(stop)));

    /// <summary>Ends all of them at once: what they knew is audited, and nobody will ask for it again.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Where(member => member.Runs).Select(member => member.KillAsync()));
        foreach (var member in _members)
        {
            member.Dispose();
        }

        _children.Dispose();
    }
}
