using Microsoft.Extensions.Options;

namespace Veltrix.Hosting.Telemetry;

/// <summary>
/// What a process tells about itself beyond its metrics, which are always at /metrics. Where it goes is said by the standard variables: OTEL_EXPORTER_OTLP_ENDPOINT,
/// or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT and OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; without them nothing is sent. Read from the configuration's section
/// Veltrix:Telemetry.
/// </summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "Veltrix:Telemetry";

    /// <summary>
    /// The share of frames and requests that are traced, 0 to 1; 0.001 by default. One that comes with a traced parent is traced as its parent is. It counts only where
    /// traces are sent somewhere, and OTEL_TRACES_SAMPLER overrides it for requests. 0 makes no traces at all. Each traced frame costs about 2 µs and 1 KB.
    /// </summary>
    public double TraceShare { get; set; } = 0.001;
}

internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) => options.TraceShare is >= 0 and <= 1
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{nameof(options.TraceShare)} is {options.TraceShare}: set {TelemetryOptions.Section}:{nameof(options.TraceShare)} to 0 to 1, such as 0.001 for one frame in a thousand.");
}
