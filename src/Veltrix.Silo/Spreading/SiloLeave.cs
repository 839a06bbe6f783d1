using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Contracts;
using Veltrix.Silo.Members;

namespace Veltrix.Silo.Spreading;

/// <summary>
/// Empties a silo that is asked to end, before it leaves its cluster: regions, ledger shards and players go on at the other silos with what they know, a few at a
/// time. Orleans ends all activations at once, and each comes back with its next call, by way of the database: that call would wait for the whole crowd.
/// </summary>
internal sealed partial class SiloLeave(
    SiloDoor door,
    SiloSpread spread,
    ISiloPeers peers,
    IGrainFactory grains,
    ILocalSiloDetails local,
    IOptions<SpreadOptions> spreading,
    IOptions<SiloOptions> options,
    TimeProvider clock,
    ILogger<SiloLeave> logger) : IHostedLifecycleService
{
    // Grains that came while others went are found by another look.
    private const int Looks = 4;

    // Every player who acts meanwhile tells their gateway that the door closes, and one word is enough for all that the gateway has.
    private static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(250);

    // How many are on their way at a time. Of each kind the first goes alone and each that has arrived makes room for one more: a silo that has just started compiles
    // what it runs for the first time, and who is there waits for it, while the others still play here.
    private const int AtATime = 16;

    private static readonly ImmutableArray<GrainType> Order = [GrainType.Create(GrainKeys.ShardType), GrainType.Create(GrainKeys.RegionType), GrainType.Create(GrainKeys.PlayerType)];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        door.Close();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(options.Value.ShutdownTime / 2);
        try
        {
            await Task.Delay(Notice, clock, time.Token);
            await HandOverAsync(time.Token);
        }
        catch (Exception problem)
        {
            // Whatever stays is ended by Orleans and comes back from the database.
            LogUnfinished(problem);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task HandOverAsync(CancellationToken stop)
    {
        await Task.WhenAll(spread.BeginLeave().Select(TellAsync)).WaitAsync(stop);
        for (var look = 1; ; look++)
        {
            // Others may have gone meanwhile, or stop as well: where nobody is left, there is nobody to wait for.
            var others = spread.BeginLeave();
            var here = others.IsEmpty ? [] : await HereAsync(stop);
            if (here.Length == 0)
            {
                return;
            }

            if (look > Looks)
            {
                LogRemain(here.Length);
                return;
            }

            LogHandsOver(here.Length, others.Length);
            await HandOverAsync(here, stop);
        }
    }

    private async Task HandOverAsync(GrainId[] here, CancellationToken stop)
    {
        // As fast as when it spreads, or as fast as it has to be; slower where the others are.
        var aSecond = Math.Max(spreading.Value.MovesPerSecond, here.Length / (options.Value.ShutdownTime.TotalSeconds / 4));
        var began = clock.GetTimestamp();
        var gone = 0;
        foreach (var kind in here.GroupBy(static grain => grain.Type))
        {
            var underWay = new List<Task>();
            var atATime = 1;
            foreach (var grain in kind)
            {
                while (underWay.Count >= atATime)
                {
                    underWay.Remove(await Task.WhenAny(underWay).WaitAsync(stop));
                    atATime = Math.Min(atATime + 1, AtATime);
                }

                var early = TimeSpan.FromSeconds(gone++ / aSecond) - clock.GetElapsedTime(began);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, clock, stop);
                }

                underWay.Add(MoveAsync(grain));
            }

            await Task.WhenAll(underWay).WaitAsync(stop);
        }
    }

    /// <summary>What lives here and can move: first what many talk to.</summary>
    private async Task<GrainId[]> HereAsync(CancellationToken stop)
    {
        var statistics = await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics(types: null, [local.SiloAddress], stop);
        return [.. statistics.Select(static one => one.GrainId).Where(static grain => Order.Contains(grain.Type)).OrderBy(static grain => Order.IndexOf(grain.Type))];
    }

    private async Task TellAsync(SiloAddress silo)
    {
        try
        {
            await peers.At(silo).LeavingAsync(local.SiloAddress);
        }
        catch (Exception problem)
        {
            // It may send grains here for some seconds more: another look finds them.
            LogNotTold(problem, silo);
        }
    }

    private async Task MoveAsync(GrainId id)
    {
        try
        {
            var grain = grains.GetGrain<IMovable>(id);
            if (await grain.LeaveAsync())
            {
                // Answered where the grain goes on, once it does.
                _ = await grain.LeaveAsync();
            }
        }
        catch (Exception problem)
        {
            LogStays(problem, id);
        }
    }

    [LoggerMessage(6010, LogLevel.Information, "The silo stops: it hands {Grains} grains to {Silos} others")]
    private partial void LogHandsOver(int grains, int silos);

    [LoggerMessage(6011, LogLevel.Warning, "The silo stops before it has handed over all its grains; what is left comes back from the database")]
    private partial void LogUnfinished(Exception problem);

    [LoggerMessage(6014, LogLevel.Warning, "The silo stops with {Grains} grains that did not move; they come back from the database")]
    private partial void LogRemain(int grains);

    [LoggerMessage(6012, LogLevel.Debug, "{Silo} could not be told that this silo stops")]
    private partial void LogNotTold(Exception problem, SiloAddress silo);

    [LoggerMessage(6013, LogLevel.Debug, "{Grain} did not move")]
    private partial void LogStays(Exception problem, GrainId grain);
}
