using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Veltrix.Commands.Swarm.Sockets;

/// <summary>Linux's epoll(7), edge-triggered: says once that something has become readable or writable. One thread waits; any may add.</summary>
internal sealed class Epoll : IDisposable
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;

    /// <summary>An error, or an end of either direction: nothing more is to come, and no further edge.</summary>
    public const uint Ended = 0x8 | 0x10 | 0x2000;

    private const uint EdgeTriggered = 0x8000_0000;
    private const int CloseOnExec = 0x80000;
    private const int AddToSet = 1;
    private const int Most = 512;

    // The kernel packs its struct epoll_event on x64 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    private readonly SafeFileHandle _set = Create();
    private readonly byte[] _events = new byte[Most * EventBytes];

    /// <summary>Adds a socket; closing it takes it out again.</summary>
    /// <param name="socket">the socket</param>
    /// <param name="tag">what its events are known by</param>
    public void Add(SafeHandle socket, int tag)
    {
        Span<byte> wanted = stackalloc byte[EventBytes];
        wanted.Clear();
        MemoryMarshal.Write(wanted, Readable | Writable | Ended | EdgeTriggered);
        MemoryMarshal.Write(wanted[(EventBytes - 8)..], (long)tag);
        if (Control(_set, AddToSet, socket, ref MemoryMarshal.GetReference(wanted)) != 0)
        {
            throw Failed("epoll_ctl");
        }
    }

    /// <summary>Takes what has happened; without anything waits for it, so many nanoseconds at most.</summary>
    /// <returns>how many events there are</returns>
    public int Take(long nanoseconds)
    {
        if (nanoseconds > 0)
        {
            // epoll_wait itself counts whole milliseconds.
            var poll = new Poll((int)_set.DangerousGetHandle(), Readable);
            if (WaitFor(ref poll, 1, new Interval(nanoseconds), 0) <= 0)
            {
                return 0;
            }
        }

        return Math.Max(0, Wait(_set, ref _events[0], Most, 0));
    }

    /// <summary>An event of the last take.</summary>
    public (uint Happened, int Tag) this[int index]
    {
        get
        {
            var at = _events.AsSpan(index * EventBytes, EventBytes);
            return (MemoryMarshal.Read<uint>(at), (int)MemoryMarshal.Read<long>(at[(EventBytes - 8)..]));
        }
    }

    public void Dispose() => _set.Dispose();

    private static SafeFileHandle Create()
    {
        var set = Create(CloseOnExec);
        return set >= 0 ? new SafeFileHandle(set, ownsHandle: true) : throw Failed("epoll_create1");
    }

    private static IOException Failed(string what) => new($"{what} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeHandle set, int operation, SafeHandle socket, ref byte wanted);

    [DllImport("libc", EntryPoint = "epoll_wait")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(SafeHandle set, ref byte events, int most, int milliseconds);

    [DllImport("libc", EntryPoint = "ppoll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitFor(ref Poll polled, nuint count, in Interval longest, nint signals);

    /// <summary>The C library's pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Poll(int descriptor, uint wanted)
    {
        public readonly int Descriptor = descriptor;
        public readonly short Wanted = (short)wanted;
        public readonly short Happened = 0;
    }
}
