using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Veltrix.Hosting.Telemetry;

/// <summary>
/// Which of Orleans' instruments are exported: those that tell an operator something and cost nothing for each call. Left out are the message sizes, which make three
/// tags out of enums for every message, the messages that were routed anew, which here are all that come from gateways, and all that belongs to parts of Orleans that are not used here. One that is left out is not even measured.
/// </summary>
internal static class OrleansMeter
{
    public const string Name = "Microsoft.Orleans";

    private static readonly HashSet<string> Exported = new(StringComparer.Ordinal)
    {
        "orleans-app-requests-timedout",
        "orleans-catalog-activations",
        "orleans-catalog-activation-created",
        "orleans-catalog-activation-destroyed",
        "orleans-catalog-activation-failed-to-activate",
        "orleans-catalog-activation-shutdown",
        "orleans-client-connected-gateways",
        "orleans-directory-cache-size",
        "orleans-directory-partition-size",
        "orleans-directory-range-lock-held-duration",
        "orleans-gateway-connected-clients",
        "orleans-messaging-expired",
        "orleans-messaging-rejected",
        "orleans-messaging-sent-dropped",
        "orleans-messaging-sent-failed",
        "orleans-messaging-sent-local",
        "orleans-scheduler-long-running-turns",
        "orleans-storage-read-errors",
        "orleans-storage-read-latency",
        "orleans-storage-write-errors",
        "orleans-storage-write-latency",
        "orleans-watchdog-health-checks-failed",
    };

    public static MetricStreamConfiguration? View(Instrument instrument) =>
        instrument.Meter.Name == Name && !Exported.Contains(instrument.Name) ? MetricStreamConfiguration.Drop : null;
}
