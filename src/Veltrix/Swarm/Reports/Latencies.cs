using HdrHistogram;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>Percentiles of a run, in milliseconds.</summary>
internal readonly record struct Percentiles(double P50, double P90, double P99, double P999, double Max);

/// <summary>
/// Times in histograms of three significant digits, from 1 µs to an hour. All threads write at once; the live figures are taken and
/// begun anew each second.
/// </summary>
internal sealed class Latencies
{
    private const long Highest = 3_600_000_000;

    private readonly LongConcurrentHistogram _measured = new(1, Highest, 3);
    private readonly LongConcurrentHistogram _late = new(1, Highest, 3);
    private readonly Recorder _live = HistogramFactory.With64BitBucketSize().WithValuesUpTo(Highest).WithPrecisionOf(2)
        .WithThreadSafeWrites().WithThreadSafeReads().Create();

    private HistogramBase? _spare;

    public void Measured(long nanoseconds) => _measured.RecordValue(Micros(nanoseconds));

    public void Live(long nanoseconds) => _live.RecordValue(Micros(nanoseconds));

    public void SentLate(long nanoseconds) => _late.RecordValue(Micros(nanoseconds));

    public Percentiles OfAnswers() => Of(_measured);

    public Percentiles OfSending() => Of(_late);

    /// <summary>The percentiles since this was asked before.</summary>
    public Percentiles TakeLive()
    {
        _spare = _spare is null ? _live.GetIntervalHistogram() : _live.GetIntervalHistogram(_spare);
        return Of(_spare);
    }

    private static Percentiles Of(HistogramBase histogram) => histogram.TotalCount == 0
        ? default
        : new Percentiles(At(histogram, 50), At(histogram, 90), At(histogram, 99), At(histogram, 99.9), At(histogram, 100));

    private static double At(HistogramBase histogram, double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;

    private static long Micros(long nanoseconds) => Math.Clamp(nanoseconds / 1000, 0, Highest);
}
