using System.Runtime.InteropServices;

namespace Veltrix.Commands.Swarm.Load;

/// <summary>A steady clock in nanoseconds that can be waited for.</summary>
internal interface ISwarmClock
{
    long Now { get; }

    /// <summary>Blocks the calling thread until about that time; it may come back early.</summary>
    void WaitUntil(long time);
}

/// <summary>
/// The machine's clock. It sleeps with nanosleep(2), which on Linux comes back within some 60 µs, where the waits of the class library
/// count whole milliseconds.
/// </summary>
internal sealed class SwarmClock(TimeProvider time) : ISwarmClock
{
    // Frames that are due within this time of each other leave together: a thread that wakes for each of 12,000 frames a second costs
    // several times what it sends late otherwise.
    private const long Shortest = 150_000;

    // The thread looks this often whether it should stop.
    private const long Longest = 50_000_000;

    private readonly long _start = time.GetTimestamp();
    private readonly double _nanoseconds = 1e9 / time.TimestampFrequency;

    public long Now => (long)((time.GetTimestamp() - _start) * _nanoseconds);

    public void WaitUntil(long time)
    {
        var left = Math.Clamp(time - Now, Shortest, Longest);
        if (OperatingSystem.IsWindows())
        {
            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(1));
        }
        else
        {
            var wanted = new Interval(0, (nint)left);
            _ = Sleep(in wanted, 0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(in Interval wanted, nint left);

    /// <summary>The C library's timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Interval(nint seconds, nint nanoseconds)
    {
        public readonly nint Seconds = seconds;
        public readonly nint Nanoseconds = nanoseconds;
    }
}
