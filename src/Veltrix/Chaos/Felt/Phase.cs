using HdrHistogram;

namespace Veltrix.Commands.Chaos.Felt;

/// <summary>What players felt, in milliseconds from a command's scheduled time to its answer.</summary>
/// <param name="Answers">how many answers that is</param>
/// <param name="P50">half of them were quicker</param>
/// <param name="P99">ninety-nine of a hundred were quicker</param>
/// <param name="Longest">the longest wait of any player</param>
internal readonly record struct Waits(long Answers, double P50, double P99, double Longest);

/// <summary>
/// A stretch of time in which one thing was done to the cluster, with the waits of all commands that fell into it. It has an afterglow: what is felt then still
/// belongs to it, unless something new has begun.
/// </summary>
internal sealed class Phase(string name, long from)
{
    private const long Highest = 3_600_000_000;
    private const double NanosecondsPerMillisecond = 1e6;
    private const double MicrosecondsPerMillisecond = 1e3;

    // Two digits are enough for percentiles and keep a phase at 30 KB; the longest wait is kept exactly.
    private readonly LongConcurrentHistogram _waits = new(1, Highest, 2);
    private long _until = long.MaxValue;
    private long _to = long.MaxValue;
    private long _longest;

    public string Name => name;

    public long From => from;

    /// <summary>When what was done was over; the end of time while it is not.</summary>
    public long Until => Volatile.Read(ref _until);

    /// <summary>When the afterglow was over.</summary>
    public long To => Volatile.Read(ref _to);

    public Waits Waits => Sum([this]);

    /// <summary>What was felt in some phases together.</summary>
    public static Waits Sum(IEnumerable<Phase> phases)
    {
        var all = new LongHistogram(1, Highest, 2);
        var longest = 0L;
        foreach (var phase in phases)
        {
            all.Add(phase._waits);
            longest = Math.Max(longest, Volatile.Read(ref phase._longest));
        }

        return all.TotalCount == 0
            ? default
            : new Waits(all.TotalCount, At(50), At(99), longest / NanosecondsPerMillisecond);

        double At(double percentile) => all.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond;
    }

    /// <summary>Ends it, once. A second call can only shorten the afterglow.</summary>
    public void End(long now, long afterglow = 0)
    {
        if (Until > now)
        {
            Volatile.Write(ref _until, now);
        }

        Volatile.Write(ref _to, Math.Min(To, now + afterglow));
    }

    public void Record(long wait)
    {
        _waits.RecordValue(Math.Clamp(wait / 1000, 0, Highest));
        var longest = Volatile.Read(ref _longest);
        while (wait > longest && Interlocked.CompareExchange(ref _longest, wait, longest) is var seen && seen != longest)
        {
            longest = seen;
        }
    }
}
