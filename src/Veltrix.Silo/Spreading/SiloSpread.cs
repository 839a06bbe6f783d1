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

    // A silo that has just started loads the map and compiles what it runs for the first time: whoever comes first waits for that, and should not be many.
    private const int FirstBudget = 2;
    private const int BudgetGrowth = 4;

    private readonly SpreadOptions _options = options.Value;
    // Silos that said that they stop. They are members for a while longer.
    private ImmutableHashSet<SiloAddress> _leavers = [];
    private ImmutableArray<SiloAddress> _silos = [];
    private long _since;
    private int _budget = FirstBudget;
    private SpreadView? _before;

    // Null while nothing moves.
    private SpreadView? _view;

    private volatile bool _leaves;

    public bool Rests => Volatile.Read(ref _view) is null;

    public SiloAddress? Settle(double place) => Counted(Volatile.Read(ref _view)?.Settle(place), "settle");

    public SiloAddress? Follow(double place) => Counted(Volatile.Read(ref _view)?.Follow(place), "follow");

    public SiloAddress? Leave(double place)
    {
        var silos = _leaves ? Others() : [];
        return silos.Length == 0 ? null : Counted(silos[SpreadView.IndexOf(place, silos.Length)], "leave");
    }

    /// <summary>From now on nothing moves here but by <see cref="Leave"/>.</summary>
    /// <returns>the silos that stay; none where nothing may move</returns>
    public ImmutableArray<SiloAddress> BeginLeave()
    {
        if (!_options.Enabled)
        {
            return [];
        }

        _leaves = true;
        Volatile.Write(ref _view, null);
        return Others();
    }

    /// <summary>Another silo stops: nothing moves there any more.</summary>
    public void OnLeaving(SiloAddress silo)
    {
        if (!_options.Enabled)
        {
            // Nothing moves anywhere, and nobody would ever forget the silo.
            return;
        }

        ImmutableInterlocked.Update(ref _leavers, static (leavers, leaver) => leavers.Add(leaver), silo);
        Volatile.Write(ref _view, null);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(LookEvery, clock);
        while (_options.Enabled && await tick.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var view = await LookAsync();
                Volatile.Write(ref _view, view);
                if (view is not null && (_leaves || view.HasAny(_leavers)))
                {
                    // Somebody said so meanwhile.
                    Volatile.Write(ref _view, null);
                }
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
        if (_leaves || members.CurrentStatus != SiloStatus.Active)
        {
            return null;
        }

        ImmutableInterlocked.Update(ref _leavers, static (leavers, members) => leavers.Intersect(members), members.GetApproximateSiloStatuses(onlyActive: true).Keys);
        var silos = Silos();
        if (!silos.SequenceEqual(_silos))
        {
            (_silos, _since) = (silos, clock.GetTimestamp());
            LogMembers(silos.Length);
        }

        var own = silos.IndexOf(local.SiloAddress);
        if (silos.Length < 2 || own < 0 || clock.GetElapsedTime(_since) < _options.SettledFor)
        {
            _budget = FirstBudget;
            return _before = null;
        }

        var statistics = await grains.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([.. silos]);
        var budget = Math.Min(_budget, (int)(_options.MovesPerSecond * LookEvery.TotalSeconds));
        _budget = budget * BudgetGrowth;
        return _before = new SpreadView(silos, own, [.. statistics.Select(silo => silo.ActivationCount)], budget, LookEvery, _options, clock, _before);
    }

    private ImmutableArray<SiloAddress> Others() => Silos().Remove(local.SiloAddress);

    /// <summary>Those that stay, in the order of their names, which a silo keeps when it starts again.</summary>
    private ImmutableArray<SiloAddress> Silos() =>
    [
        .. members.GetApproximateSiloStatuses(onlyActive: true).Keys
            .Except(_leavers)
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
