using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Veltrix.Contracts;

/// <summary>
/// How the grains of a silo get their turns. Every call of a player to a region and of a region to its ledger shard is counted by whether it stayed on the silo.
/// One call in sixteen is looked at: how long it waited from sending until its turn, where its caller is on the same silo; how long its first turn took, up to its
/// end or its first wait; and how many requests wait behind it.
/// </summary>
public sealed class TurnMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Veltrix.Grains";

    private const ulong OneOf = 16;

    private static readonly string[] Names = [GrainKeys.PlayerType, GrainKeys.RegionType, GrainKeys.ShardType];
    private static readonly KeyValuePair<string, object?>[] Tags = [.. Names.Select(static name => new KeyValuePair<string, object?>("grain", name))];

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    };

    private static readonly InstrumentAdvice<int> Depths = new() { HistogramBucketBoundaries = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096] };

    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Mailboxes = new();

    private readonly Tally _calls = new(2 * Names.Length);
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _depth;

    public TurnMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("veltrix.grain.calls", ReadCalls, "{call}", "Calls of players to regions and of regions to ledger shards, by where the caller is");
        _wait = meter.CreateHistogram("veltrix.grain.turn.wait", "s", "From sending a call on the same silo until its turn; one call in sixteen", tags: null, Seconds);
        _duration = meter.CreateHistogram("veltrix.grain.turn.duration", "s", "A call's first turn, up to its end or its first wait; one call in sixteen", tags: null, Seconds);
        _depth = meter.CreateHistogram("veltrix.grain.mailbox.depth", "{request}", "Requests that wait behind the one whose turn it is; one call in sixteen", tags: null, Depths);
    }

    /// <summary>Whether the call for a command is looked at: both sides of a call agree on it.</summary>
    public static bool IsSampled(ulong sequence) => sequence % OneOf == 0;

    /// <summary>Whether a frame is looked at: when one of its commands is.</summary>
    public static bool IsSampled(ulong first, int commands) => (first + (ulong)commands - 1) / OneOf != (first - 1) / OneOf;

    /// <summary>Takes note that a call of another grain has its turn.</summary>
    /// <param name="kind">whose turn it is</param>
    /// <param name="mark">the call's mark</param>
    /// <param name="sequence">the sequence that the mark was made for</param>
    /// <param name="context">the grain's</param>
    /// <returns>ends the turn</returns>
    public Turn Begin(GrainKind kind, CallMark mark, ulong sequence, IGrainContext context)
    {
        _calls.Add((2 * (int)kind) + (mark.IsLocal ? 0 : 1));
        if (!IsSampled(sequence))
        {
            return default;
        }

        if (mark.Waited() is { } waited)
        {
            _wait.Record(waited.TotalSeconds, Tags[(int)kind]);
        }

        return Begin(kind, context);
    }

    /// <summary>Takes note that a call from outside of the silos has its turn, and is looked at.</summary>
    public Turn Begin(GrainKind kind, IGrainContext context)
    {
        if (WaitingBehind(context) is { } depth)
        {
            _depth.Record(depth, Tags[(int)kind]);
        }

        return new Turn(this, kind, Stopwatch.GetTimestamp());
    }

    internal void Ended(GrainKind kind, long began) => _duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, Tags[(int)kind]);

    // Orleans keeps this figure for its own logs and shows it nowhere; where a version has it no more, nothing is recorded, and a test says so.
    private static int? WaitingBehind(IGrainContext context) =>
        Mailboxes.GetOrAdd(context.GetType(), static type => type.GetProperty("WaitingCount", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            ?.GetValue(context) as int?;

    private IEnumerable<Measurement<long>> ReadCalls()
    {
        for (var cell = 2 * (int)GrainKind.Region; cell < _calls.Cells; cell++)
        {
            yield return new Measurement<long>(
                _calls.Read(cell), new("grain", Names[cell / 2]), new("caller", cell % 2 == 0 ? "same-silo" : "other-silo"));
        }
    }
}

/// <summary>The grains whose turns are looked at.</summary>
public enum GrainKind
{
    Player = 0,
    Region = 1,
    LedgerShard = 2,
}

/// <summary>A turn that is looked at; one of no measurements when it is not.</summary>
public readonly struct Turn(TurnMetrics? metrics, GrainKind kind, long began)
{
    /// <summary>The turn is over.</summary>
    public void End() => metrics?.Ended(kind, began);
}
