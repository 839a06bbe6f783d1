using Veltrix.Commands.Swarm.Audit;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Commands.Swarm.Sockets;

namespace Veltrix.Commands.Swarm;

/// <summary>
/// One run of the swarm, from the hunt to the exit code: prepare, join, drive, wait for what is unanswered, audit, sum up.
/// </summary>
/// <param name="settings">what it was asked to do</param>
/// <param name="time">the clock</param>
/// <param name="line">where it says how it goes</param>
/// <param name="watch">who looks on; null for nobody</param>
internal sealed class SwarmRun(SwarmSettings settings, TimeProvider time, LiveLine line, ISwarmWatch? watch = null)
{
    /// <summary>The share of the warm-up over which players begin; the rest of it has the whole load.</summary>
    private const double RampShare = 0.75;

    /// <summary>Milliseconds by which the slowest hundredth of frames may leave late before people are told.</summary>
    private const double MuchLate = 5;

    private readonly SwarmClock _clock = new(time);

    /// <summary>Runs the swarm and tells people and programs how it went.</summary>
    /// <returns>the exit code</returns>
    public async Task<int> RunAsync(TextWriter error, bool terminal, CancellationToken stop)
    {
        var (summary, _) = await PlayAsync(stop);
        line.Say("");
        SummaryTable.Write(error, terminal, summary);
        if (summary.LateMs.P99 > MuchLate)
        {
            line.Say("The swarm itself was short of processor time and sent late: the latencies tell more of it than of the server.");
        }

        await WriteJsonAsync(summary);
        return summary.Failed.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>Runs the swarm. Cancelling ends the sending early: what was sent is summed up all the same.</summary>
    /// <returns>the summary, and the players as they were at the end</returns>
    public async Task<(Summary Summary, IReadOnlyList<Bot> Bots)> PlayAsync(CancellationToken stop)
    {
        using var operating = new OperatorApi(settings.Servers, settings.Key, time);
        var hunt = await Preparation.HuntAsync(settings, operating, time, line.Say, stop);
        using var acked = settings.AckedLog is { } path ? new AckedLog(path, hunt.Id) : null;
        var record = new RunRecord(acked, watch) { OnWrong = sentence => line.Say($"wrong: {sentence}") };
        var bots = new Bot[settings.Players];
        for (var i = 0; i < bots.Length; i++)
        {
            bots[i] = new Bot(hunt.Model, settings.Mix, record, i);
        }

        hunt.Model.Know(bots);
        using var loop = SocketLoop.IsSupported ? new SocketLoop(_clock, settings.Spin) : null;
        await using var crowd = new Crowd(settings.Servers, _clock, record, loop);
        await crowd.JoinAsync(operating, hunt, bots, line.Say, stop);
        var measured = await DriveAsync(operating, hunt, crowd, loop, record, stop);

        // From here on an interruption no longer cuts anything short: each step has its own limit.
        await DrainAsync(record);
        var end = _clock.Now;
        foreach (var bot in bots)
        {
            foreach (var pending in bot.Rest())
            {
                record.Unanswered(pending, end);
            }
        }

        var ledger = await Auditor.AuditAsync(operating, hunt, bots, record, time);
        return (SummaryOf(hunt, record, measured, ledger), bots);
    }

    /// <summary>What was measured: the window's length, and what server and swarm used in it.</summary>
    private sealed record Measured(double Seconds, double? ServerCpu, double? ServerPeakMb, double OwnCpu);

    private async Task<Measured> DriveAsync(OperatorApi operating, PreparedHunt hunt, Crowd crowd, SocketLoop? loop, RunRecord record, CancellationToken stop)
    {
        var schedule = new Schedule(
            settings.Players, settings.Rate, settings.Batch, settings.Seed, ramp: (long)(settings.Warmup * RampShare * Nanoseconds.PerSecond));
        var start = _clock.Now + (100 * Nanoseconds.PerMillisecond);
        var from = start + Nanoseconds.Of(settings.Warmup);
        var to = settings.Seconds is { } seconds ? from + Nanoseconds.Of(seconds) : long.MaxValue;
        record.Measure(from, to);
        watch?.Begin(hunt.Id, _clock, from);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var live = ShowAsync(record, start, from, ended.Token);
        var usageBefore = UsageAtAsync(operating, from, stop);
        var pacer = new Pacer(schedule, (ISwarmClock?)loop ?? _clock, crowd.Sender(settings.Batch));
        var last = await (loop is null ? pacer.Start(start, to, stop) : loop.RunAsync(() => pacer.Run(start, to, stop)));
        var ownAfter = Environment.CpuUsage.TotalTime;
        await (watch?.EndAsync() ?? Task.CompletedTask);
        var after = await operating.UsageAsync(CancellationToken.None);
        await ended.CancelAsync();
        await live;
        var before = await usageBefore;

        // Interrupted: what was measured ends here, and less than the warm-up is nothing.
        record.Measure(from, Math.Max(from, last));
        return before is var (server, own) && last > from
            ? new Measured(
                (last - from) / (double)Nanoseconds.PerSecond, after?.Since(server), after?.PeakMb, (ownAfter - own).TotalSeconds)
            : new Measured(0, null, after?.PeakMb, 0);
    }

    private async Task<(ServerUsage? Server, TimeSpan Own)?> UsageAtAsync(OperatorApi operating, long at, CancellationToken stop)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, (at - _clock.Now) / Nanoseconds.PerMillisecond)), time, stop);
            var own = Environment.CpuUsage.TotalTime;
            return (await operating.UsageAsync(stop), own);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task ShowAsync(RunRecord record, long start, long from, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var (acked, at) = (record.Acked, _clock.Now);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                var now = _clock.Now;
                var live = record.Latencies.TakeLive();
                var more = record.Acked;
                var rate = (more - acked) * (double)Nanoseconds.PerSecond / (now - at);
                (acked, at) = (more, now);
                var seconds = (now - Math.Min(now, now < from ? start : from)) / (double)Nanoseconds.PerSecond;
                line.Show(
                    now < from ? "warm-up" : "measure",
                    new LiveFigures(seconds, settings.Players, rate, live.P50, live.P99, record.Outstanding, record.Wrongs, record.Reconnects));
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task DrainAsync(RunRecord record)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        var until = _clock.Now + Nanoseconds.Of(settings.Drain);
        while (record.Outstanding > 0 && _clock.Now < until)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private Summary SummaryOf(PreparedHunt hunt, RunRecord record, Measured measured, LedgerSummary ledger)
    {
        var acked = record.AckedInWindow;
        double? Each(double? seconds) => seconds is { } cpu && acked > 0 ? Math.Round(cpu * 1e6 / acked, 3) : null;
        var summary = new Summary
        {
            Players = settings.Players,
            Seconds = Math.Round(measured.Seconds, 3),
            Sent = record.Sent,
            Acked = record.Acked,
            Unanswered = record.Sent - record.Acked,
            Wrong = record.Wrongs,
            Rejected = record.Rejected(),
            Reconnects = record.Reconnects,
            Rate = measured.Seconds > 0 ? Math.Round(acked / measured.Seconds, 1) : 0,
            LatencyMs = LatencySummary.Of(record.Latencies.OfAnswers()),
            CpuSeconds = measured.ServerCpu is { } cpu ? Math.Round(cpu, 3) : null,
            MaxRssMb = measured.ServerPeakMb is { } peak ? Math.Round(peak, 1) : null,
            Ledger = ledger,
            CpuUsPerCommand = Each(measured.ServerCpu),
            SwarmCpuSeconds = Math.Round(measured.OwnCpu, 3),
            SwarmCpuUsPerCommand = Each(measured.OwnCpu) ?? 0,
            LateMs = LatencySummary.Of(record.Latencies.OfSending()),
            Hunt = hunt.Id,
        };
        return summary with { Failed = [.. Verdict.Of(summary, record.EndedSessions)] };
    }

    private async Task WriteJsonAsync(Summary summary)
    {
        if (settings.Json == "-")
        {
            await Console.Out.WriteLineAsync(summary.ToJson());
        }
        else if (settings.Json is { } path)
        {
            await File.WriteAllTextAsync(path, summary.ToJson() + "\n");
        }
    }
}
