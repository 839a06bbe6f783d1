namespace Veltrix.Gateway.Operators;

/// <summary>
/// How the load lies on the silos. It asks Orleans' management, which asks each silo; a silo that does not answer in time is shown as one that does not. Whoever
/// asks within a second of another gets the same answer, so that a crowd of operators costs the silos no more than one.
/// </summary>
internal sealed class SiloSurvey(IGrainFactory grains, TimeProvider clock)
{
    /// <summary>The most silos that are asked.</summary>
    public const int MostSilos = 256;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<SurveyShape>? _latest;
    private long _askedAt;

    /// <exception cref="OrleansException">The cluster does not answer.</exception>
    /// <exception cref="TimeoutException">The cluster does not answer.</exception>
    public Task<SurveyShape> ReadAsync()
    {
        lock (_gate)
        {
            if (_latest is null || (_latest.IsCompleted && (!_latest.IsCompletedSuccessfully || clock.GetElapsedTime(_askedAt) >= Fresh)))
            {
                _askedAt = clock.GetTimestamp();
                _latest = AskAsync();
            }

            return _latest;
        }
    }

    private async Task<SurveyShape> AskAsync()
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var hosts = await management.GetDetailedHosts(onlyActive: true).WaitAsync(Patience, clock);
        var silos = await Task.WhenAll(hosts.OrderBy(static host => host.SiloName, StringComparer.Ordinal).Take(MostSilos).Select(host => AskAsync(management, host)));
        return new SurveyShape(clock.GetUtcNow(), [.. silos], Imbalance(silos));
    }

    private async Task<SiloShape> AskAsync(IManagementGrain management, MembershipEntry host)
    {
        var started = new DateTimeOffset(DateTime.SpecifyKind(host.StartTime, DateTimeKind.Utc));
        var silo = new SiloShape(
            host.SiloName, host.SiloAddress.Endpoint.ToString(), host.Status.ToString().ToLowerInvariant(), started, Activations: null, CpuPercent: null, MemoryBytes: null);
        try
        {
            var figures = management.GetRuntimeStatistics([host.SiloAddress]);
            var counts = management.GetSimpleGrainStatistics([host.SiloAddress]);
            await Task.WhenAll(figures, counts).WaitAsync(Patience, clock);
            var usage = (await figures)[0].EnvironmentStatistics;
            return silo with { Activations = Count(await counts), CpuPercent = Math.Round(usage.FilteredCpuUsagePercentage, 1), MemoryBytes = usage.RawMemoryUsageBytes };
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // It joins, leaves or dies.
            return silo;
        }
    }

    /// <summary>The activations by kind; the runtime's own parts are left out.</summary>
    internal static ActivationShape Count(IEnumerable<SimpleGrainStatistic> statistics)
    {
        var count = new ActivationShape(0, 0, 0, 0);
        foreach (var one in statistics)
        {
            count = one.GrainType switch
            {
                var type when Is(type, GrainKeys.PlayerType, "PlayerGrain") => count with { Players = count.Players + one.ActivationCount },
                var type when Is(type, GrainKeys.RegionType, "RegionGrain") => count with { Regions = count.Regions + one.ActivationCount },
                var type when Is(type, GrainKeys.ShardType, "LedgerShardGrain") => count with { LedgerShards = count.LedgerShards + one.ActivationCount },
                var type when type.StartsWith("sys.", StringComparison.Ordinal) || type.StartsWith("Orleans.", StringComparison.Ordinal) => count,
                _ => count with { Others = count.Others + one.ActivationCount },
            };
        }

        return count;

        // Orleans tells a grain's type by its class with its assembly, and in its metrics by its name.
        static bool Is(string type, string name, string grain) => type == name || type.Split(',')[0].EndsWith($".{grain}", StringComparison.Ordinal);
    }

    /// <summary>For each figure the largest over the mean, over the silos that answered; 1 where all have the same, or none has any.</summary>
    internal static ImbalanceShape Imbalance(IReadOnlyCollection<SiloShape> silos)
    {
        return new ImbalanceShape(
            Of(silo => silo.Activations?.Players), Of(silo => silo.Activations?.Regions), Of(silo => silo.Activations?.LedgerShards), Of(silo => silo.Activations?.All), Of(silo => silo.CpuPercent));

        double Of(Func<SiloShape, double?> figure)
        {
            var values = silos.Select(figure).OfType<double>().ToArray();
            return values.Sum() > 0 ? Math.Round(values.Max() / values.Average(), 3) : 1;
        }
    }
}

/// <param name="At">when the silos were asked</param>
/// <param name="Silos">the active ones, by name</param>
/// <param name="Imbalance">how unevenly they are used</param>
internal sealed record SurveyShape(DateTimeOffset At, ImmutableArray<SiloShape> Silos, ImbalanceShape Imbalance);

/// <param name="Name">the silo's name</param>
/// <param name="Address">where other silos reach it</param>
/// <param name="Status">as the others see it: active, or joining</param>
/// <param name="StartedAt">when it started</param>
/// <param name="Activations">the grains that live there; null when it does not answer</param>
/// <param name="CpuPercent">its share of all processors that it may use, 0 to 100, over the last seconds; null when it does not answer</param>
/// <param name="MemoryBytes">the managed memory that it uses; null when it does not answer</param>
internal sealed record SiloShape(
    string Name, string Address, string Status, DateTimeOffset StartedAt, ActivationShape? Activations, double? CpuPercent, long? MemoryBytes);

/// <param name="Players">players' grains</param>
/// <param name="Regions">regions</param>
/// <param name="LedgerShards">shards of ledgers</param>
/// <param name="Others">hunts, boards and others that are few</param>
internal sealed record ActivationShape(int Players, int Regions, int LedgerShards, int Others)
{
    /// <summary>All of them.</summary>
    public int All => Players + Regions + LedgerShards + Others;
}

/// <summary>The largest silo's figure over the mean: 1 is even, 1.25 is a quarter too many on one of them.</summary>
internal sealed record ImbalanceShape(double Players, double Regions, double LedgerShards, double Activations, double Cpu);
