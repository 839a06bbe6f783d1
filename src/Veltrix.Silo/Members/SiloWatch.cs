using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Veltrix.Hosting.Cluster;
using ClusterOptions = Veltrix.Hosting.Cluster.ClusterOptions;

namespace Veltrix.Silo.Members;

/// <summary>
/// Notices at once that a silo's process died. Orleans' own probes take two seconds for it, in which every call to the dead silo fails and is made again.
/// <para>
/// The operating system closes a dead process's connections and refuses new ones. So when a connection between silos ends, this silo knocks at the port of the other,
/// and where it is refused, and as many others are refused too as <see cref="ClusterOptions.Votes"/> asks for, that silo counts as dead. A machine that is gone, a silo
/// that hangs and a network that is cut refuse nothing: for those there are the probes.
/// </para>
/// </summary>
internal sealed partial class SiloWatch(
    ISiloStatusOracle members,
    IClusterMembershipService membership,
    ISiloPeers peers,
    IOptions<ClusterOptions> options,
    TimeProvider clock,
    ILogger<SiloWatch> logger)
{
    // Another silo may be short of time, and the database of an answer. After the last of these looks the probes have come to the same end.
    private const int Looks = 6;

    // The system closes what a dead process had open one by one, and the port may be the last of it.
    private const int LooksThatFindItOpen = 2;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<SiloAddress, byte> _lookedAfter = [];

    /// <summary>Has the end of each connection to another silo told to this silo's watch. Which of two silos made the connection that both use is left to chance.</summary>
    public static void Over(SiloConnectionOptions connections)
    {
        connections.ConfigureSiloOutboundConnection(static made => made.UseEnd(Tell));

        // In this order: a look at this silo's own port is no connection, else two silos would look after each other for ever.
        connections.ConfigureSiloInboundConnection(static taken => taken.UseSilence().UseEnd(Tell));
    }

    /// <summary>
    /// Looks after the silos on the machine to which a connection ended. Which of them it was is not to be seen where it was made from there: its port is any.
    /// </summary>
    /// <returns>completes when each was found alive or dead, or is left to the probes or to a look that goes on already</returns>
    public Task OnConnectionEnded(IPAddress machine)
    {
        var others = members.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(other => !other.Equals(members.SiloAddress) && IsAt(other.Endpoint.Address, machine));
        return Task.WhenAll(others.Where(other => _lookedAfter.TryAdd(other, 0)).Select(other => Task.Run(() => LookAfterAsync(other))));
    }

    private static void Tell(IServiceProvider services, IPEndPoint other) => _ = services.GetRequiredService<SiloWatch>().OnConnectionEnded(other.Address);

    // A socket that takes both kinds of addresses shows the older as one of the newer.
    private static bool IsAt(IPAddress silo, IPAddress machine) => silo.MapToIPv6().Equals(machine.MapToIPv6());

    private async Task LookAfterAsync(SiloAddress silo)
    {
        try
        {
            var foundOpen = 0;
            for (var look = 0; look < Looks; look++)
            {
                if (look > 0)
                {
                    await Task.Delay(BetweenLooks, clock);
                }

                if (!IsMember(members.SiloAddress) || !IsMember(silo))
                {
                    return;
                }

                if (await ClosedPort.IsClosedAsync(silo.Endpoint, clock))
                {
                    if (await IsGoneForOthersAsync(silo))
                    {
                        return;
                    }
                }
                else if (++foundOpen == LooksThatFindItOpen)
                {
                    return;
                }
            }
        }
        catch (Exception problem)
        {
            // The probes go on in any case.
            LogFailed(problem, silo);
        }
        finally
        {
            _lookedAfter.TryRemove(silo, out _);
        }
    }

    /// <summary>Whether enough others are refused too; then the silo has been declared dead.</summary>
    private async Task<bool> IsGoneForOthersAsync(SiloAddress silo)
    {
        var others = Others(silo);
        var needed = Math.Min(options.Value.Votes - 1, others.Length);
        var found = await AskAsync(silo, others, needed);
        if (found < needed)
        {
            return false;
        }

        LogGone(silo, found);
        return await membership.TryKill(silo);
    }

    /// <summary>How many of the others are refused as well; at most as many as are needed.</summary>
    private async Task<int> AskAsync(SiloAddress silo, SiloAddress[] others, int needed)
    {
        var found = 0;
        if (needed > 0)
        {
            // One more than needed: it may be the next to die.
            await foreach (var answer in Task.WhenEach(others.Take(needed + 1).Select(other => AskAsync(silo, other))))
            {
                if (await answer && ++found == needed)
                {
                    break;
                }
            }
        }

        return found;
    }

    private async Task<bool> AskAsync(SiloAddress silo, SiloAddress other)
    {
        try
        {
            return await peers.At(other).IsGoneAsync(silo);
        }
        catch (Exception problem)
        {
            LogNotTold(problem, other);
            return false;
        }
    }

    private bool IsMember(SiloAddress silo) => members.GetApproximateSiloStatus(silo) == SiloStatus.Active;

    /// <summary>Those who can be asked, beginning behind this silo, so that not every silo asks the same ones.</summary>
    private SiloAddress[] Others(SiloAddress silo) =>
    [
        .. members.GetApproximateSiloStatuses(onlyActive: true).Keys
            .Where(other => !other.Equals(silo) && !other.Equals(members.SiloAddress))
            .OrderBy(other => other.CompareTo(members.SiloAddress) < 0)
            .ThenBy(static other => other),
    ];

    [LoggerMessage(6020, LogLevel.Warning, "{Silo} is gone: its port refuses this silo and {Found} others that were asked. It counts as dead")]
    private partial void LogGone(SiloAddress silo, int found);

    [LoggerMessage(6021, LogLevel.Information, "Whether {Silo} is gone could not be found out; the probes will tell")]
    private partial void LogFailed(Exception problem, SiloAddress silo);

    [LoggerMessage(6022, LogLevel.Debug, "{Silo} did not tell whether it is refused as well")]
    private partial void LogNotTold(Exception problem, SiloAddress silo);
}
