using System.Numerics;

namespace Veltrix.Gateway.Hunts;

/// <summary>How fast this gateway answers a hunt's commands: counted as they are answered, read once a second.</summary>
internal sealed class HuntFigures
{
    // Eight steps to a doubling of microseconds: a quantile is off by at most 9 %.
    private const int StepsPerDoubling = 8;
    private const int Doublings = 27;
    private readonly int[] _counts = new int[Doublings * StepsPerDoubling];
    private long _answered;
    private long _answeredBefore;

    public void Answered(int commands, TimeSpan took)
    {
        Interlocked.Add(ref _answered, commands);
        Interlocked.Add(ref _counts[StepOf((ulong)Math.Max(1, took.TotalMicroseconds))], commands);
    }

    /// <summary>What was counted since the reading before; for one reader.</summary>
    /// <param name="seconds">how long that is</param>
    public Figures Read(double seconds)
    {
        var answered = Volatile.Read(ref _answered);
        var counts = new int[_counts.Length];
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Interlocked.Exchange(ref _counts[i], 0);
            total += counts[i];
        }

        var figures = new Figures((answered - _answeredBefore) / Math.Max(0.001, seconds), Quantile(counts, total, 0.5), Quantile(counts, total, 0.99));
        _answeredBefore = answered;
        return figures;
    }

    private static double Quantile(int[] counts, long total, double quantile)
    {
        var wanted = (long)Math.Ceiling(total * quantile);
        long seen = 0;
        for (var i = 0; i < counts.Length && total > 0; i++)
        {
            seen += counts[i];
            if (seen >= wanted)
            {
                return Middle(i) / 1000;
            }
        }

        return 0;
    }

    private static int StepOf(ulong microseconds)
    {
        var doubling = BitOperations.Log2(microseconds);
        var step = doubling < 3 ? (int)(microseconds << (3 - doubling)) & 7 : (int)(microseconds >> (doubling - 3)) & 7;
        return Math.Min((doubling * StepsPerDoubling) + step, (Doublings * StepsPerDoubling) - 1);
    }

    private static double Middle(int step) => Math.Pow(2, step / StepsPerDoubling) * (1 + (((step % StepsPerDoubling) + 0.5) / StepsPerDoubling));
}

/// <param name="AnswersPerSecond">commands answered a second</param>
/// <param name="P50">half of the commands were answered in so many milliseconds, from the frame's arrival to its answer; 0 when there were none</param>
/// <param name="P99">99 of 100 were</param>
internal readonly record struct Figures(double AnswersPerSecond, double P50, double P99);
