using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Protocol;

namespace Veltrix.Swarm.Tests.Reports;

public sealed class LatenciesTests
{
    [Fact]
    public void Percentiles_KnownTimes_AreExactToThreeDigits()
    {
        var latencies = new Latencies();
        for (var i = 1; i <= 1000; i++)
        {
            latencies.Measured(i * Nanoseconds.PerMillisecond);
        }

        var of = latencies.OfAnswers();
        Assert.InRange(of.P50, 500, 500.5);
        Assert.InRange(of.P90, 900, 901);
        Assert.InRange(of.P99, 990, 991);
        Assert.InRange(of.P999, 999, 1000);
        Assert.InRange(of.Max, 1000, 1001);
    }

    [Fact]
    public void TakeLive_Twice_ForgetsWhatWasTaken()
    {
        var latencies = new Latencies();
        latencies.Live(5 * Nanoseconds.PerMillisecond);

        Assert.InRange(latencies.TakeLive().P50, 5, 5.1);
        Assert.Equal(default, latencies.TakeLive());
    }

    [Fact]
    public void Record_WarmUp_IsCountedAndNotMeasured()
    {
        var record = new RunRecord();
        record.Measure(from: 1000 * Nanoseconds.PerMillisecond, to: 2000 * Nanoseconds.PerMillisecond);
        foreach (var due in new[] { 500, 1500, 1999, 2500 })
        {
            var asked = new Pending(due * Nanoseconds.PerMillisecond, CommandKind.Look, default, default, ResultCode.Ok, 0);
            record.SentFrame(1, asked.Due, asked.Due);
            record.Answered(0, 1, asked, ResultCode.Ok, asked.Due + (2 * Nanoseconds.PerMillisecond));
        }

        Assert.Equal(4, record.Sent);
        Assert.Equal(4, record.Acked);
        Assert.Equal(1, record.AckedInWindow);
        Assert.InRange(record.Latencies.OfAnswers().Max, 2, 2.01);
    }

    [Fact]
    public void Record_Unanswered_CountsWithItsAge()
    {
        var record = new RunRecord();
        record.Measure(0, Nanoseconds.PerSecond);

        record.Unanswered(new Pending(0, CommandKind.Look, default, default, ResultCode.Ok, 0), now: 10 * Nanoseconds.PerSecond);

        Assert.InRange(record.Latencies.OfAnswers().Max, 10_000, 10_010);
    }
}
