using System.Runtime.InteropServices;
using Veltrix.Commands.Swarm.Sockets;

namespace Veltrix.Commands.Swarm.Load;

/// <summary>A steady clock in nanoseconds that can be waited for.</summary>
internal interface ISwarmClock
{
    long Now { get; }

    /// <summary>Blocks the calling thread until about that time; it may come back early.</summary>
    void WaitUntil(long time);

    /// <summary>Does what else the thread has to do, where it has anything, without waiting.</summary>
    void Turn()
    {
    }
}

/// <summary>
/// The machine's clock. It sleeps with nanosleep(2), which on Linux comes back within some 60 µs, where the waits of the class library
/// count whole milliseconds.
/// </summary>
internal sealed class SwarmClock(TimeProvider time) : ISwarmClock
{
    // Frames that are due within this time of each other leave together: in a virtual machine a wake-up costs 13 to 18 µs of CPU, as much as
    // sending a frame. It sends up to that time late, some 0.2 ms in the middle.
    private const long Shortest = 250_000;

    // The thread looks this often whether it should stop.
    private const long Longest = 50_000_000;

    private readonly long _start = time.GetTimestamp();
    private readonly double _nanoseconds = 1e9 / time.TimestampFrequency;

    public long Now => (long)((time.GetTimestamp() - _start) * _nanoseconds);

    public void WaitUntil(long time) => WaitFor(Math.Clamp(time - Now, Shortest, Longest));

    /// <summary>Blocks the calling thread for the shortest time that is worth a wake-up.</summary>
    public static void Rest() => WaitFor(Shortest);

    private static void WaitFor(long nanoseconds)
    {
        if (OperatingSystem.IsWindows())
        {
            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(1));
        }
        else
        {
            var wanted = new Interval(nanoseconds);
            _ = Sleep(in wanted, 0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(in Interval wanted, nint left);
}
