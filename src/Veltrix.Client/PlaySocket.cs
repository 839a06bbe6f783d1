using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Veltrix.Protocol;

namespace Veltrix.Client;

/// <summary>
/// The client's side of one WebSocket (RFC 6455): whole binary messages out, whole messages in, pings answered. It starts no timer.
/// </summary>
/// <remarks>
/// Written by hand because of what a swarm costs: a message each way takes 24 µs of CPU, the kernel's part included, where ClientWebSocket takes 42, and
/// a connection holds 3.2 KB of managed memory in place of 12.2 (2,000 sockets, one message at a time on each).
/// </remarks>
/// <param name="stream">the upgraded connection, which it owns</param>
/// <param name="early">bytes that were read behind the upgrade</param>
internal sealed class PlaySocket(Stream stream, byte[] early) : IDisposable
{
    /// <summary>The free bytes that a sender leaves in front of its message: for the longest header.</summary>
    public const int Headroom = 14;

    // Answers to moves are 18 to 400 bytes; only a look with many players needs a larger buffer, for as long as it is read.
    private const int SmallBuffer = 512;
    private const int BrokenStatus = 1006;
    private const int MostControlBytes = 125;

    [ThreadStatic]
    private static byte[]? _threadMasks;

    [ThreadStatic]
    private static int _threadMasksUsed;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _small = early.Length < SmallBuffer ? new byte[SmallBuffer] : new byte[early.Length];
    private byte[]? _large;
    private byte[]? _parts;
    private int _partsLength;
    private int _start;
    private int _end = -1;
    private int _closed;
    private int _reads;

    private enum Opcode
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    }

    /// <summary>The status with which the other side closed; 1006 when it did not, or gave none.</summary>
    public int CloseStatus { get; private set; } = BrokenStatus;

    /// <summary>The reason that the other side gave with its status; null when it gave none.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>How many times something came, pongs included.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Sends one message. Calls may overlap; the buffer belongs to the socket until the call is over, and is changed by it.</summary>
    /// <param name="buffer"><see cref="Headroom"/> free bytes, then the message</param>
    /// <param name="length">the bytes of the message</param>
    /// <param name="cancellationToken">ends the wait; the socket is of no use afterwards</param>
    public ValueTask SendAsync(byte[] buffer, int length, CancellationToken cancellationToken = default) =>
        WriteAsync(Wrap(buffer, length, Opcode.Binary), cancellationToken);

    /// <summary>
    /// The next message, valid until the next call; empty when the other side has closed. One call at a time.
    /// </summary>
    /// <exception cref="IOException">The connection broke, or is no WebSocket.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (_end < 0)
        {
            early.CopyTo(_small, 0);
            _end = early.Length;
        }

        ReturnParts();
        while (true)
        {
            if (TryTakeFrame(out var opcode, out var final, out var payload, out var missing))
            {
                switch (opcode)
                {
                    case Opcode.Ping:
                        await SendControlAsync(payload, Opcode.Pong, cancellationToken);
                        break;
                    case Opcode.Pong:
                        break;
                    case Opcode.Close:
                        NoteClose(payload.Span);
                        await CloseAsync(cancellationToken);
                        return default;
                    default:
                        if (final && _parts is null)
                        {
                            return payload.IsEmpty ? throw NoWebSocket("an empty message") : payload;
                        }

                        AddPart(payload.Span);
                        if (final)
                        {
                            return _parts.AsMemory(0, _partsLength);
                        }

                        break;
                }

                continue;
            }

            MakeRoom(missing);
            var buffer = _large ?? _small;
            var read = await stream.ReadAsync(buffer.AsMemory(_end), cancellationToken);
            _end += read > 0 ? read : throw new IOException("The server's connection ended without a goodbye.");
            _reads++;
        }
    }

    /// <summary>Asks for a sign of life, which the other side's WebSocket gives by itself.</summary>
    public ValueTask PingAsync() => SendControlAsync(ReadOnlyMemory<byte>.Empty, Opcode.Ping, CancellationToken.None);

    /// <summary>Says goodbye, once; the side that reads still hears the other side's.</summary>
    public ValueTask CloseAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _closed, 1) == 0
        ? SendControlAsync(new byte[] { 1000 >> 8, 1000 & 0xFF }, Opcode.Close, cancellationToken)
        : ValueTask.CompletedTask;

    /// <summary>Cuts the connection; whoever reads or writes gets an exception.</summary>
    public void Abort() => stream.Dispose();

    /// <summary>Only by the side that reads, when it reads no more.</summary>
    public void Dispose()
    {
        stream.Dispose();
        ReturnParts();
        ReturnLarge();
    }

    private static IOException NoWebSocket(string what) => new($"The server sent {what}, which is not allowed on this WebSocket.");

    /// <summary>Takes the next frame out of the buffer; without a whole one, says how many bytes of the frame are known to be missing.</summary>
    private bool TryTakeFrame(out Opcode opcode, out bool final, out ReadOnlyMemory<byte> payload, out int missing)
    {
        var buffer = _large ?? _small;
        var bytes = buffer.AsSpan(_start, _end - _start);
        (opcode, final, payload) = (default, false, default);
        var header = bytes.Length < 2 ? 2 : (bytes[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };
        missing = header - bytes.Length;
        if (missing > 0)
        {
            return false;
        }

        opcode = (Opcode)(bytes[0] & 0x0F);
        final = (bytes[0] & 0x80) != 0;
        var length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)bytes[1],
        };
        var isControl = opcode >= Opcode.Close;
        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0 || opcode is > Opcode.Binary and < Opcode.Close or > Opcode.Pong
            || (isControl && (!final || length > MostControlBytes)) || (!isControl && opcode is Opcode.Continuation != _parts is not null))
        {
            throw NoWebSocket($"a frame with header 0x{bytes[0]:x2}{bytes[1]:x2}");
        }

        if (length > ProtocolLimits.FrameBytes)
        {
            throw NoWebSocket($"a frame of {length} bytes");
        }

        missing = header + (int)length - bytes.Length;
        if (missing > 0)
        {
            return false;
        }

        payload = buffer.AsMemory(_start + header, (int)length);
        _start += header + (int)length;
        return true;
    }

    /// <summary>Moves what is left to the front, into a buffer that has room for the missing bytes: the small one whenever that will do.</summary>
    private void MakeRoom(int missing)
    {
        var left = _end - _start;
        var from = _large ?? _small;
        if (left + missing <= _small.Length)
        {
            if (_start > 0 || _large is not null)
            {
                from.AsSpan(_start, left).CopyTo(_small);
                ReturnLarge();
            }
        }
        else if (left + missing > from.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(left + missing);
            from.AsSpan(_start, left).CopyTo(larger);
            ReturnLarge();
            _large = larger;
        }
        else
        {
            from.AsSpan(_start, left).CopyTo(from);
        }

        _start = 0;
        _end = left;
    }

    private void NoteClose(ReadOnlySpan<byte> payload)
    {
        if (payload.Length >= 2)
        {
            CloseStatus = BinaryPrimitives.ReadUInt16BigEndian(payload);
            CloseReason = payload.Length > 2 ? Encoding.UTF8.GetString(payload[2..]) : null;
        }
    }

    private void AddPart(ReadOnlySpan<byte> payload)
    {
        if (_partsLength + payload.Length > ProtocolLimits.FrameBytes)
        {
            throw NoWebSocket("a message that is too long");
        }

        _parts ??= ArrayPool<byte>.Shared.Rent(ProtocolLimits.FrameBytes);
        payload.CopyTo(_parts.AsSpan(_partsLength));
        _partsLength += payload.Length;
    }

    private async ValueTask SendControlAsync(ReadOnlyMemory<byte> payload, Opcode opcode, CancellationToken cancellationToken)
    {
        var buffer = new byte[Headroom + payload.Length];
        payload.CopyTo(buffer.AsMemory(Headroom));
        await WriteAsync(Wrap(buffer, payload.Length, opcode), cancellationToken);
    }

    private async ValueTask WriteSlowlyAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(frame, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        // Nearly every frame is small, alone, and goes straight into the kernel's buffer: no state machine for those.
        if (!_writing.Wait(0, CancellationToken.None))
        {
            return WriteSlowlyAsync(frame, cancellationToken);
        }

        ValueTask write;
        try
        {
            write = stream.WriteAsync(frame, cancellationToken);
        }
        catch
        {
            _writing.Release();
            throw;
        }

        if (!write.IsCompletedSuccessfully)
        {
            return FinishAsync(write);
        }

        _writing.Release();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(ValueTask write)
    {
        try
        {
            await write;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Masks the message where it lies and puts the header right in front of it.</summary>
    private static ReadOnlyMemory<byte> Wrap(byte[] buffer, int length, Opcode opcode)
    {
        var mask = NextMask();
        Mask(buffer.AsSpan(Headroom, length), mask);
        var header = length < 126 ? 6 : length <= ushort.MaxValue ? 8 : 14;
        var start = Headroom - header;
        buffer[start] = (byte)(0x80 | (int)opcode);
        buffer[start + 1] = (byte)(0x80 | (header == 6 ? length : header == 8 ? 126 : 127));
        if (header == 8)
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(start + 2), (ushort)length);
        }
        else if (header == 14)
        {
            BinaryPrimitives.WriteUInt64BigEndian(buffer.AsSpan(start + 2), (ulong)length);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(Headroom - 4), mask);
        return buffer.AsMemory(start, header + length);
    }

    private static void Mask(Span<byte> message, uint mask)
    {
        // The mask's bytes in memory order, so that it can be laid over the message in larger pieces.
        var inMemory = BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask);
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(message);
        var wide = new Vector<uint>(inMemory);
        foreach (ref var vector in vectors)
        {
            vector ^= wide;
        }

        var done = vectors.Length * Vector<byte>.Count;
        for (var i = done; i < message.Length; i++)
        {
            message[i] ^= (byte)(mask >> ((i & 3) * 8));
        }
    }

    /// <summary>RFC 6455 asks for masks that nobody can foresee; drawn in bulk, since a call costs as much as 1,000 bytes.</summary>
    private static uint NextMask()
    {
        var masks = _threadMasks ??= new byte[1024];
        var at = _threadMasksUsed;
        if (at == 0)
        {
            RandomNumberGenerator.Fill(masks);
        }

        _threadMasksUsed = (at + 4) % masks.Length;
        return BinaryPrimitives.ReadUInt32LittleEndian(masks.AsSpan(at));
    }

    private void ReturnLarge()
    {
        if (_large is not null)
        {
            ArrayPool<byte>.Shared.Return(_large);
            _large = null;
        }
    }

    private void ReturnParts()
    {
        if (_parts is not null)
        {
            ArrayPool<byte>.Shared.Return(_parts);
            _parts = null;
            _partsLength = 0;
        }
    }
}
