using System.Runtime.InteropServices;

namespace Veltrix.Commands.Swarm.Sockets;

/// <summary>The C library's timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Interval(long nanoseconds)
{
    public readonly nint Seconds = (nint)(nanoseconds / Load.Nanoseconds.PerSecond);
    public readonly nint Nanoseconds = (nint)(nanoseconds % Load.Nanoseconds.PerSecond);
}
