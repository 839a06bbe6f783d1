using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Silo.Members;

/// <summary>
/// Notices at once that a silo's process died. Orleans' own probes take two seconds for it, in which every call to the dead silo fails and is made again.
/// <para>
/// The operating system closes a dead process's connections and refuses new ones. So when the connection to a silo ends, this silo knocks at the other's port, and
/// where it is refused, and as many others are refused too as <see cref="ClusterOptions.Votes"/> asks for, the silo counts as dead. A machine that is gone, a silo
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

    /// <summary>Has the end of each connection to another silo told to this silo's watch.</summary>
    public static void Over(IConnectionBuilder connections) => connections.Use(next => async connection =>
    {
        var watch = connections.ApplicationServices.GetRequiredService<SiloWatch>();
        try
        {
            await next(connection);
        }
        finally
        {
            if (connection.RemoteEndPoint is IPEndPoint other)
            {
                _ = watch.OnConnectionEnded(other);
            }
        }
    });

    /// <summary>Looks after the silo to which a connection ended.</summary>
    /// <returns>completes when it was found alive or dead, or is left to the probes or to a look that goes on already</returns>
    public Task OnConnectionEnded(IPEndPoint other)
    {
        var silo = members.GetApproximateSiloStatuses(onlyActive: true).Keys.FirstOrDefault(member => member.Endpoint.Equals(other));
        return silo is null || silo.Equals(members.SiloAddress) || !_lookedAfter.TryAdd(silo, 0) ? Task.CompletedTask : Task.Run(() => LookAfterAsync(silo));
    }

    private async Task LookAfterAsync(SiloAddress silo)
    {
        try
        {
            var foundOpen = 0;
            for (var look = 0; look < Looks && foundOpen < LooksThatFindItOpen && IsMember(members.SiloAddress) && IsMember(silo); look++)
            {
                if (!await ClosedPort.IsClosedAsync(silo.Endpoint, clock))
                {
                    foundOpen++;
                }
                else if (await IsGoneForOthersAsync(silo))
                {
                    return;
                }

                await Task.Delay(BetweenLooks, clock);
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
