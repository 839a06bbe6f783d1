using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Contracts;

namespace Veltrix.Silo.Spreading;

/// <summary>
/// Spreads the grains of a cluster over its silos and keeps those together that talk to each other. Orleans itself moves nothing to a silo that joins, and
/// places a player without a thought for where their region is.
/// <para>
/// All regions and ledger shards lie on a line (see <see cref="Places"/>) that the silos share evenly in the order of their names. A region goes to the silo that
/// has its place; a player follows the region, unless that silo has more than its share. Every silo decides alone, from the list of silos and from how many
/// grains each has, so it takes no leader and no talk. Grains ask when they have something to do: who is idle stays where they are, and costs nothing.
/// </para>
/// </summary>
internal sealed partial class SiloSpread(
    ISiloStatusOracle members,
    ILocalSiloDetails local,
    IGrainFactory grains,
    IOptions<SpreadOptions> options,
    SpreadMetrics metrics,
    TimeProvider clock,
    ILogger<SiloSpread> logger) : BackgroundService, ISpread
{
    // Silos tell each other every second how many grains they have.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly SpreadOptions _options = options.Value;
    private ImmutableArray<SiloAddress> _silos = [];
    private long _since;
    private SpreadView? _before;

    // Null while nothing moves.
    private SpreadView? _view;

    public bool Rests => Volatile.Read(ref _view) is null;

    public SiloAddress? Settle(double place) => Counted(Volatile.Read(ref _view)?.Settle(place), "settle");

    public SiloAddress? Follow(double place) => Counted(Volatile.Read(ref _view)?.Follow(place), "follow");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(LookEvery, clock);
        while (_options.Enabled && await tick.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Volatile.Write(ref _view, await LookAsync());
            }
            catch (Exception problem)
            {
                // Silos come and go: what is not known now is known at the next look, and until then nothing moves.
                Volatile.Write(ref _view, null);
                LogUnknown(problem);
            }
        }
    }

    private async Task<SpreadView?> LookAsync()
    {
        if (members.CurrentStatus != SiloStatus.Active)
        {
            return null;
        }

        var silos = Silos();
        if (!silos.SequenceEqual(_silos))
        {
            (_silos, _since) = (silos, clock.GetTimestamp());
            LogMembers(silos.Length);
        }

        var own = silos.IndexOf(local.SiloAddress);
        if (silos.Length < 2 || own < 0 || clock.GetElapsedTime(_since) < _options.SettledFor)
        {
            return _before = null;
        }

        var statistics = await grains.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([.. silos]);
        return _before = new SpreadView(
            silos, own, [.. statistics.Select(silo => silo.ActivationCount)], (int)(_options.MovesPerSecond * LookEvery.TotalSeconds), _options, _before);
    }

    /// <summary>In the order of names, which a silo keeps when it starts again.</summary>
    private ImmutableArray<SiloAddress> Silos() =>
    [
        .. members.GetApproximateSiloStatuses(onlyActive: true).Keys
            .OrderBy(silo => members.TryGetSiloName(silo, out var name) ? name : "", StringComparer.Ordinal)
            .ThenBy(silo => silo),
    ];

    private SiloAddress? Counted(SiloAddress? silo, string why)
    {
        if (silo is not null)
        {
            metrics.Moved(why);
        }

        return silo;
    }

    [LoggerMessage(6001, LogLevel.Information, "{Silos} silos share the hunts")]
    private partial void LogMembers(int silos);

    [LoggerMessage(6002, LogLevel.Information, "How the silos are loaded is not known at the moment; nothing moves until it is")]
    private partial void LogUnknown(Exception problem);
}
