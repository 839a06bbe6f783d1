using System.Diagnostics.Metrics;
using Veltrix.Gateway.Sessions;

namespace Veltrix.Gateway;

/// <summary>What this gateway does, for OpenTelemetry.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Veltrix.Gateway";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _answers;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _resumed;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _forged;
    private readonly Counter<long> _throttled;
    private readonly Counter<long> _slow;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("veltrix.gateway.commands", "{command}", "Commands accepted, the refused ones among them");
        _refused = meter.CreateCounter<long>("veltrix.gateway.refusals", "{command}", "Commands answered busy, by reason: their session's rate, the gateway's capacity, a silo's overload");
        _answers = meter.CreateHistogram<double>("veltrix.gateway.answer.duration", "s", "From a frame's arrival to its answers", tags: null, Seconds);
        _repeated = meter.CreateCounter<long>("veltrix.gateway.retries", "{call}", "Calls to players that failed and were repeated");
        _resumed = meter.CreateCounter<long>("veltrix.gateway.resumes", "{socket}", "Sockets that asked for a session, by who knew it: the gateway, the player's grain, nobody");
        _closed = meter.CreateCounter<long>("veltrix.gateway.closes", "{socket}", "Sockets that the gateway closed");
        _joined = meter.CreateCounter<long>("veltrix.gateway.joins", "{join}", "Joins");
        _forged = meter.CreateCounter<long>("veltrix.gateway.forgeries", "{frame}", "Frames with a wrong signature");
        _throttled = meter.CreateCounter<long>("veltrix.gateway.waits", "{wait}", "Times that a socket was not read because too many commands were unanswered");
        _slow = meter.CreateCounter<long>("veltrix.gateway.slow", "{socket}", "Sockets given up because the client did not read");
    }

    /// <summary>Shows what the table holds, and what has not happened yet as 0: an alert needs the value before the first time.</summary>
    public void Show(SessionTable sessions)
    {
        _meter.CreateObservableGauge("veltrix.gateway.sessions", () => sessions.Count, "{session}", "Sessions that the gateway knows, with or without a socket");
        _meter.CreateObservableGauge("veltrix.gateway.sockets", () => sessions.Connected, "{socket}", "Players' open sockets");
        _meter.CreateObservableGauge("veltrix.gateway.in_flight", () => sessions.CommandsInFlight, "{command}", "Commands that are accepted and unanswered, without those that will be answered busy");
        Refused(0, "rate");
        Refused(0, "capacity");
        Refused(0, "overload");
        _repeated.Add(0, new KeyValuePair<string, object?>("overloaded", false));
        _resumed.Add(0, new KeyValuePair<string, object?>("from", "gateway"));
        _forged.Add(0);
        _throttled.Add(0);
        _slow.Add(0);
    }

    public void Accepted(int commands) => _accepted.Add(commands);

    public void Refused(int commands, string reason) => _refused.Add(commands, new KeyValuePair<string, object?>("reason", reason));

    public void Resumed(string from) => _resumed.Add(1, new KeyValuePair<string, object?>("from", from));

    public void Answered(int commands, TimeSpan took)
    {
        if (commands > 0)
        {
            _answers.Record(took.TotalSeconds);
        }
    }

    public void Repeated(bool overloaded) => _repeated.Add(1, new KeyValuePair<string, object?>("overloaded", overloaded));

    public void Closed(int status) => _closed.Add(1, new KeyValuePair<string, object?>("code", status));

    public void Joined(bool guest) => _joined.Add(1, new KeyValuePair<string, object?>("guest", guest));

    public void Forged() => _forged.Add(1);

    public void Throttled() => _throttled.Add(1);

    public void SlowClient() => _slow.Add(1);
}
