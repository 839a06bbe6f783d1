using OpenTelemetry.Trace;

namespace Veltrix.Hosting.Telemetry;

/// <summary>
/// Traces a share of what has no parent. Frames are drawn before their span is made, by <see cref="FrameTraces"/>, since a span that is made and then not sampled costs
/// nearly as much as one that is; so each one that comes here is kept.
/// </summary>
internal sealed class ShareSampler(double share) : Sampler
{
    private readonly TraceIdRatioBasedSampler _others = new(share);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name == FrameTraces.SpanName ? new SamplingResult(SamplingDecision.RecordAndSample) : _others.ShouldSample(samplingParameters);
}
