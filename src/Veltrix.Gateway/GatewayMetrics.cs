using System.Diagnostics.Metrics;

namespace Veltrix.Gateway;

/// <summary>What this gateway does, for OpenTelemetry.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Veltrix.Gateway";
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _answers;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _forged;
    private readonly Counter<long> _throttled;
    private readonly Counter<long> _slow;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _accepted = meter.CreateCounter<long>("veltrix.gateway.commands", "{command}", "Commands accepted, the refused ones among them");
        _refused = meter.CreateCounter<long>("veltrix.gateway.refusals", "{command}", "Commands answered busy for their rate or for lack of capacity");
        _answers = meter.CreateHistogram<double>("veltrix.gateway.answer.duration", "s", "From a frame's arrival to its answers");
        _repeated = meter.CreateCounter<long>("veltrix.gateway.retries", "{call}", "Calls to players that failed and were repeated");
        _closed = meter.CreateCounter<long>("veltrix.gateway.closes", "{socket}", "Sockets that the gateway closed");
        _joined = meter.CreateCounter<long>("veltrix.gateway.joins", "{join}", "Joins");
        _forged = meter.CreateCounter<long>("veltrix.gateway.forgeries", "{frame}", "Frames with a wrong signature");
        _throttled = meter.CreateCounter<long>("veltrix.gateway.waits", "{wait}", "Times that a socket was not read because too many commands were unanswered");
        _slow = meter.CreateCounter<long>("veltrix.gateway.slow", "{socket}", "Sockets given up because the client did not read");
    }

    public void Accepted(int commands, int refused)
    {
        _accepted.Add(commands);
        if (refused > 0)
        {
            _refused.Add(refused);
        }
    }

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
