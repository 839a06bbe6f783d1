using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Veltrix.Hosting.Telemetry;

/// <summary>
/// The traces of frames: one span for each frame that is drawn, none for the others. Where traces are sent nowhere, a frame pays one comparison for them.
/// </summary>
public sealed class FrameTraces(IOptions<TelemetryOptions> options)
{
    /// <summary>The name of a frame's span.</summary>
    public const string SpanName = "play";

    private static readonly ActivitySource Source = new("Veltrix.Gateway");

    // One frame of so many; 0 is none.
    private readonly ulong _oneOf = options.Value.TraceShare > 0 ? (ulong)Math.Clamp(Math.Round(1 / options.Value.TraceShare), 1, 1e18) : 0;
    private ulong _frames;

    /// <summary>A span for a frame, if anybody listens and the frame is drawn. The caller ends it.</summary>
    /// <param name="clock">tells the time</param>
    /// <param name="arrived">the clock's time stamp of the frame's arrival</param>
    public Activity? Begin(TimeProvider clock, long arrived)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Source.HasListeners() && IsDrawn()
            ? Source.StartActivity(ActivityKind.Server, startTime: clock.GetUtcNow() - clock.GetElapsedTime(arrived), name: SpanName)
            : null;
    }

    private bool IsDrawn() => _oneOf > 0 && Interlocked.Increment(ref _frames) % _oneOf == 0;
}
