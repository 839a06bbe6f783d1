namespace Veltrix.Commands.Swarm.Load;

/// <summary>The swarm counts time in nanoseconds since its start.</summary>
internal static class Nanoseconds
{
    public const long PerSecond = 1_000_000_000;

    public const long PerMillisecond = 1_000_000;

    public static long Of(double seconds) => (long)(seconds * PerSecond);
}
