using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Veltrix.Commands.Swarm.Sockets;

/// <summary>
/// A socket of a <see cref="SocketLoop"/> as a stream. Writes go straight to the kernel, from any thread; a read that finds nothing is completed by the
/// loop, on the loop's thread. One read at a time, and one write. A cancelled read or write closes the stream.
/// </summary>
/// <remarks>
/// What makes it cheaper than a NetworkStream: no operation objects and queues, and one call of the kernel for a message, where a NetworkStream asks once more after each
/// message whether there is another.
/// </remarks>
/// <param name="socket">a socket that does not block, which it owns</param>
/// <param name="closed">called once when it is closed</param>
internal sealed class PolledStream(Socket socket, Action closed) : Stream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();

    // Continuations run inline.
    private ManualResetValueTaskSourceCore<int> _read;

    // All under the gate; _buffer is the loop's once it has taken a pending read.
    private Memory<byte> _buffer;
    private TaskCompletionSource? _room;
    private bool _pending;
    private bool _readable = true;
    private bool _ended;
    private bool _disposed;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Completes at the next edge that says that the socket takes bytes, or has failed.</summary>
    public Task RoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Hears of an edge, on the loop's thread.</summary>
    public void Happened(uint what)
    {
        TaskCompletionSource? room = null;
        var reads = false;
        lock (_gate)
        {
            _ended |= (what & Epoll.Ended) != 0;
            if ((what & (Epoll.Writable | Epoll.Ended)) != 0)
            {
                (room, _room) = (_room, null);
            }

            if ((what & (Epoll.Readable | Epoll.Ended)) != 0)
            {
                (reads, _pending) = (_pending, false);
                _readable |= !reads;
            }
        }

        room?.TrySetResult();
        if (reads)
        {
            FinishRead();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return ReadCancellableAsync(buffer, cancellationToken);
        }

        while (true)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (!_readable)
                {
                    _buffer = buffer;
                    _read.Reset();
                    _pending = true;
                    return new ValueTask<int>(this, _read.Version);
                }

                // Before the call: an edge that comes after it counts again.
                _readable = false;
            }

            if (TryReceive(buffer.Span, out var read))
            {
                return new ValueTask<int>(read);
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = Send(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : WriteRestAsync(buffer[sent..], cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        TaskCompletionSource? room;
        bool fails;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            (fails, _pending) = (_pending, false);
            (room, _room) = (_room, null);
        }

        socket.Dispose();
        closed();
        room?.TrySetResult();
        if (fails)
        {
            // Whoever closes may hold locks that the reader wants.
            ThreadPool.UnsafeQueueUserWorkItem(static stream => stream.Fail(stream.Closed()), this, preferLocal: false);
        }

        base.Dispose(disposing);
    }

    private void FinishRead()
    {
        int read;
        try
        {
            if (!TryReceive(_buffer.Span, out read))
            {
                lock (_gate)
                {
                    if (!_disposed)
                    {
                        _pending = true;
                        return;
                    }
                }

                throw Closed();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(e);
            return;
        }

        _read.SetResult(read);
    }

    private async ValueTask<int> ReadCancellableAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var cancelling = cancellationToken.UnsafeRegister(static stream => ((PolledStream)stream!).Dispose(), this);
        try
        {
            return await ReadAsync(buffer, CancellationToken.None);
        }
        catch (ObjectDisposedException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked for before it is tried again, so that no edge falls between.
            var room = RoomAsync(cancellationToken);
            rest = rest[Send(rest.Span)..];
            if (rest.IsEmpty)
            {
                return;
            }

            await room;
        }
    }

    private bool TryReceive(Span<byte> into, out int read)
    {
        read = socket.Receive(into, SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock)
        {
            return false;
        }

        if (error is not SocketError.Success)
        {
            throw Broken(error);
        }

        // A buffer that was not filled took all there was, and what comes later makes a new edge; after the other side's end there is none.
        lock (_gate)
        {
            _readable |= _ended || read == into.Length;
        }

        return true;
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => throw Broken(error),
        };
    }

    private static IOException Broken(SocketError error)
    {
        var reason = new SocketException((int)error);
        return new IOException(reason.Message, reason);
    }

    private void Fail(Exception reason) => _read.SetException(reason);

    private ObjectDisposedException Closed() => new(GetType().FullName);
}
