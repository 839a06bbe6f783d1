using Microsoft.Extensions.Logging;
using Veltrix.Contracts;

namespace Veltrix.Silo.Members;

/// <summary>
/// Makes a silo that joins a cluster ready for the hunts that the others play, before it counts as started. An upgrade stops the next silo as soon as this one
/// has started, and the players who come from there would wait while it reads their map.
/// </summary>
internal sealed partial class SiloWarmUp(ISiloStatusOracle members, ISiloPeers peers, IPlayedHunts hunts, TimeProvider clock, ILogger<SiloWarmUp> logger) : IStartupTask
{
    // What is not ready by then is made ready for the first who comes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task Execute(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        try
        {
            var others = members.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(members.SiloAddress));
            var played = await Task.WhenAll(others.Select(AskAsync)).WaitAsync(Patience, clock, cancellationToken);
            HuntId[] running = [.. played.SelectMany(static one => one).Distinct()];
            await Task.WhenAll(running.Select(hunts.PrepareAsync)).WaitAsync(Patience, clock, cancellationToken);
            LogReady(running.Length, clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotReady(problem);
        }
    }

    private async Task<IEnumerable<HuntId>> AskAsync(SiloAddress silo)
    {
        try
        {
            return await peers.At(silo).RunningAsync();
        }
        catch (Exception problem)
        {
            // It stops, or died a moment ago.
            LogNotTold(problem, silo);
            return [];
        }
    }

    [LoggerMessage(6030, LogLevel.Information, "Ready for {Hunts} hunts that run, after {Milliseconds:F0} ms")]
    private partial void LogReady(int hunts, double milliseconds);

    [LoggerMessage(6031, LogLevel.Information, "Not every hunt that runs is ready; who comes first waits for it")]
    private partial void LogNotReady(Exception problem);

    [LoggerMessage(6032, LogLevel.Debug, "{Silo} did not tell which hunts it plays")]
    private partial void LogNotTold(Exception problem, SiloAddress silo);
}
