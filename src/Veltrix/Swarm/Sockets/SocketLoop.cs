using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Swarm.Sockets;

/// <summary>
/// One thread that sends what is due and takes what has come, for all of the swarm's sockets. On Linux only.
/// </summary>
/// <remarks>
/// In a virtual machine it is the wake-ups that cost: 13 to 18 µs of CPU each, as much as a frame and its answer together. With a pacer that sleeps beside the class
/// library's thread that waits for sockets there are two kinds of them, and each switches threads. Here the pacer runs on the loop's thread, and where it would sleep
/// the loop rests for a moment and then takes all answers that came meanwhile: it can make a latency look longer by that moment, and never shorter.
/// </remarks>
internal sealed class SocketLoop : ISwarmClock, IDisposable
{
    // How often the thread looks whether there is work or an end of it.
    private const long Longest = 10_000_000;

    private readonly SwarmClock _clock;
    private readonly bool _spin;
    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<int, PolledStream> _streams = new();
    private Action? _work;
    private int _tags;
    private bool _ended;

    /// <param name="clock">the time</param>
    /// <param name="spin">whether the thread looks for answers without ever sleeping: for a swarm that has a processor to itself</param>
    public SocketLoop(SwarmClock clock, bool spin)
    {
        _clock = clock;
        _spin = spin;
        new Thread(Run) { IsBackground = true, Name = "sockets" }.Start();
    }

    public static bool IsSupported => OperatingSystem.IsLinux();

    public long Now => _clock.Now;

    /// <summary>Connects a socket and takes it into the loop; the stream owns it.</summary>
    /// <exception cref="SocketException">It cannot be connected.</exception>
    public async ValueTask<Stream> ConnectAsync(Socket socket, IPEndPoint to, CancellationToken cancellationToken)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(to);
        }
        catch (SocketException begun) when (begun.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The loop tells when it is done.
        }

        var tag = Interlocked.Increment(ref _tags);
        var stream = new PolledStream(socket, () => _streams.TryRemove(tag, out _));
        try
        {
            _streams[tag] = stream;
            var done = stream.RoomAsync(cancellationToken);
            _epoll.Add(socket.SafeHandle, tag);
            await done;
            return (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is var error and not SocketError.Success
                ? throw new SocketException((int)error)
                : stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs work on the loop's thread; where the work waits by <see cref="WaitUntil"/>, answers are taken. One work at a time.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _work, () =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    /// <summary>By the loop's work alone.</summary>
    public void WaitUntil(long time)
    {
        if (_spin)
        {
            Take(0);
            return;
        }

        SwarmClock.Rest();
        Take(Math.Min(time - Now, Longest));
    }

    /// <summary>By the loop's work alone.</summary>
    public void Turn() => Take(0);

    /// <summary>Ends the thread soon; streams that are still open hear no more.</summary>
    public void Dispose() => Volatile.Write(ref _ended, true);

    private void Run()
    {
        using (_epoll)
        {
            while (!Volatile.Read(ref _ended))
            {
                Interlocked.Exchange(ref _work, null)?.Invoke();
                Take(_spin ? 0 : Longest);
            }
        }
    }

    private void Take(long wait)
    {
        var count = _epoll.Take(wait);
        for (var i = 0; i < count; i++)
        {
            var (happened, tag) = _epoll[i];
            if (_streams.TryGetValue(tag, out var stream))
            {
                stream.Happened(happened);
            }
        }
    }
}
