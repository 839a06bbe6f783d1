using System.Buffers;
using System.Net.WebSockets;
using Veltrix.Gateway.Live;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Json;
using Veltrix.World;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// One connection of a player. It reads frames, checks them and hands them to its session; it writes what the session and the live feed give
/// it, one message at a time. It ends with its connection; the session does not.
/// </summary>
internal sealed partial class PlaySocket : IDisposable
{
    /// <summary>An idle connection holds so much; a frame of 64 moves needs 356 bytes, and only clues and large batches rent more.</summary>
    private const int OwnBytes = 512;

    // Decoding happens between two awaits, so the commands of all sockets of a thread share one buffer.
    [ThreadStatic]
    private static Command[]? _commands;

    private readonly SessionTable _table;
    private readonly WebSocket _webSocket;
    private readonly IDisposable _stranger;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _own = new byte[OwnBytes];
    private readonly TimeSpan _age;
    private readonly long _opened;
    private PlaySession? _session;
    private FrameSigner? _signer;
    private long _sendBegan;
    private int _closing;
    private SightWatch? _watch;
    private ITimer? _farewell;

    public PlaySocket(SessionTable table, WebSocket webSocket, bool json, IDisposable stranger)
    {
        _table = table;
        _webSocket = webSocket;
        IsJson = json;
        _stranger = stranger;
        _opened = table.Clock.GetTimestamp();

        // By chance from half to one and a half of it, so that those who came together do not go together.
        _age = table.Options.MaxSocketAge * (0.5 + new SeededRandom(World.StableHash.Combine((ulong)_opened, (ulong)GetHashCode())).NextDouble());
    }

    /// <summary>Whether it speaks the JSON twin.</summary>
    public bool IsJson { get; }

    /// <summary>Whether the client was told that the socket closes; it may take its time to go.</summary>
    public bool IsClosing => Volatile.Read(ref _closing) != 0;

    /// <summary>Reads until the connection ends. Nothing that a client sends makes this throw.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        try
        {
            if (await ReadAsync(aborted))
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, null, null);
            }
            else
            {
                await DrainAsync(aborted);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // The connection broke: the client comes back with a resume.
        }
        finally
        {
            _watch?.Dispose();
            _session?.Detach(this);
        }
    }

    /// <summary>Gives the connection up when the message that is being sent takes too long, and ends it when it is old.</summary>
    public void Sweep()
    {
        if (_age > TimeSpan.Zero && _table.Clock.GetElapsedTime(_opened) > _age)
        {
            // Where an ingress or a Service chooses the gateway, it chooses again: so players come to gateways that were added.
            _ = CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "This socket is old. Resume the session.", null);
        }

        var began = Volatile.Read(ref _sendBegan);
        if (began != 0 && _table.Clock.GetElapsedTime(began) > _table.Options.SendTime)
        {
            _table.Metrics.SlowClient();
            _webSocket.Abort();
        }
    }

    public void Dispose()
    {
        _farewell?.Dispose();
        _signer?.Dispose();
        _webSocket.Dispose();
    }

    // What is left unread when the connection ends would turn the close into a reset, and the client would not learn why.
    private async Task DrainAsync(CancellationToken aborted)
    {
        while ((await _webSocket.ReceiveAsync(_own.AsMemory(), aborted)).MessageType is not WebSocketMessageType.Close)
        {
        }
    }

    // Whether it was the client who closed.
    private async Task<bool> ReadAsync(CancellationToken aborted)
    {
        byte[]? rented = null;
        var handshake = _table.Clock.CreateTimer(
            static socket => ((PlaySocket)socket!).Close(CloseCode.Idle, "No resume came in time. Connect again and resume at once."),
            this,
            _table.Options.HandshakeTime,
            Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var buffer = rented ?? _own;
                var length = 0;
                while (true)
                {
                    var received = await _webSocket.ReceiveAsync(buffer.AsMemory(length), aborted);
                    length += received.Count;
                    if (received.MessageType is WebSocketMessageType.Close)
                    {
                        return true;
                    }

                    if (received.MessageType is WebSocketMessageType.Text != IsJson)
                    {
                        await CloseAsync(CloseCode.BadFrame, IsJson ? "This sub-protocol has text messages only." : "This sub-protocol has binary messages only.");
                        return false;
                    }

                    if (length > ProtocolLimits.FrameBytes)
                    {
                        await CloseAsync(CloseCode.TooLarge, $"A message has at most {ProtocolLimits.FrameBytes} bytes. Send smaller frames.");
                        return false;
                    }

                    if (received.EndOfMessage)
                    {
                        break;
                    }

                    if (length == buffer.Length)
                    {
                        buffer = Larger(ref rented, buffer, length);
                    }
                }

                if (handshake is null)
                {
                    if (!await TakeAsync(buffer, length))
                    {
                        return false;
                    }
                }
                else
                {
                    await handshake.DisposeAsync();
                    handshake = null;
                    if (Volatile.Read(ref _closing) != 0 || !await ResumeAsync(buffer.AsMemory(0, length)))
                    {
                        return false;
                    }
                }

                Return(ref rented);
            }
        }
        finally
        {
            handshake?.Dispose();
            Return(ref rented);
        }
    }

    // The first message: finds the session by its token and, in binary, checks the signature with the session's key.
    private async Task<bool> ResumeAsync(ReadOnlyMemory<byte> message)
    {
        var error = ReadResume(message.Span, out var resume);
        if (error is not FrameError.None)
        {
            await CloseAsync(CloseCodes.Of(error), "The first message has to be a resume, as the protocol's page says.");
            return false;
        }

        if (IsJson && !_table.Options.AllowJson)
        {
            await CloseAsync(CloseCode.JsonNotAllowed, $"This server wants the sub-protocol {ProtocolLimits.BinarySubProtocol}.");
            return false;
        }

        if (!_table.Credentials.TryReadResume(resume.Token, out var seat))
        {
            await CloseAsync(CloseCode.BadToken, "The resume token is not one of this server's. Join to get one.");
            return false;
        }

        if (!IsJson && !SignedBy(seat, message.Span))
        {
            await CloseAsync(CloseCode.BadSignature, "The resume's signature is wrong. Sign it with the key of the join.");
            return false;
        }

        var (session, refusal) = await _table.FindAsync(seat);
        _session = session;
        refusal ??= await session!.AttachAsync(this, resume);
        if (refusal is not null)
        {
            await CloseAsync(refusal.Code, refusal.Sentence);
            return false;
        }

        _stranger.Dispose();
        return true;
    }

    private FrameError ReadResume(ReadOnlySpan<byte> message, out Protocol.Frames.ResumeRequest resume)
    {
        if (!IsJson)
        {
            return ResumeFrame.TryRead(message, out resume);
        }

        var error = JsonClientFrame.TryDecode(message, _commands ??= new Command[ProtocolLimits.CommandsPerFrame], out var read);
        resume = read.Resume;
        return error is FrameError.None && read.Kind is not ClientMessageKind.Resume ? FrameError.BadFrame : error;
    }

    private bool SignedBy(in Seat seat, ReadOnlySpan<byte> message)
    {
        Span<byte> key = stackalloc byte[ProtocolLimits.KeyBytes];
        _table.Credentials.SessionKey(seat.Session, key);
        _signer = new FrameSigner(key);
        return _signer.Verify(message);
    }

    // Whether to read on. Runs to its end without an await unless the session has no room or the client broke a rule.
    private ValueTask<bool> TakeAsync(byte[] buffer, int length)
    {
        var error = Handle(buffer.AsSpan(0, length), out var acceptance);
        return error is FrameError.None && acceptance is Acceptance.Taken ? new ValueTask<bool>(true) : TakeSlowlyAsync(buffer, length, error, acceptance);
    }

    private async ValueTask<bool> TakeSlowlyAsync(byte[] buffer, int length, FrameError error, Acceptance acceptance)
    {
        while (error is FrameError.None && acceptance is Acceptance.NoRoom)
        {
            _table.Metrics.Throttled();
            await _session!.RoomAsync();
            error = Handle(buffer.AsSpan(0, length), out acceptance);
        }

        switch (error)
        {
            case FrameError.BadSignature:
                _table.Metrics.Forged();
                await CloseAsync(CloseCode.BadSignature, "A frame's signature is wrong. Nothing of it was carried out.");
                return false;
            case FrameError.BadFrame:
                await CloseAsync(CloseCode.BadFrame, "A message is not as the protocol's page says. Nothing of it was carried out.");
                return false;
            case FrameError.BadSequence:
                await CloseAsync(CloseCode.BadSequence, "A frame has sequences that cannot be. Resume to learn which is next.");
                return false;
        }

        if (acceptance is Acceptance.BadSequence)
        {
            await CloseAsync(CloseCode.BadSequence, "A frame leaves sequences out, or confirms answers that were not given. Resume to learn which is next.");
        }

        return acceptance is Acceptance.Taken;
    }

    private FrameError Handle(ReadOnlySpan<byte> message, out Acceptance acceptance)
    {
        acceptance = Acceptance.Taken;
        var commands = _commands ??= new Command[ProtocolLimits.CommandsPerFrame];
        FrameError error;
        CommandFrameHeader header;
        if (IsJson)
        {
            error = JsonClientFrame.TryDecode(message, commands, out var read);
            header = read.Header;
            if (error is FrameError.None && read.Kind is not ClientMessageKind.Commands)
            {
                return read.Kind is ClientMessageKind.Watch ? Watch(read.Watch) : FrameError.BadFrame;
            }
        }
        else if (message is [(byte)FrameType.Watch, ..])
        {
            error = WatchFrame.TryDecode(message, _signer!, out var on);
            return error is FrameError.None ? Watch(on) : error;
        }
        else
        {
            error = CommandFrame.TryDecode(message, _signer!, commands, out header);
        }

        if (error is FrameError.None)
        {
            acceptance = _session!.Accept(this, header, commands.AsSpan(0, header.Count));
        }

        return error;
    }

    private FrameError Watch(bool on)
    {
        if (!on)
        {
            _watch?.Dispose();
            _watch = null;
        }
        else
        {
            _watch ??= SightWatch.Begin(this, _session!);
        }

        return FrameError.None;
    }

    private static byte[] Larger(ref byte[]? rented, byte[] full, int length)
    {
        // One step for what a frame usually has, one for the most that it may have and one byte more, which shows that it has too many.
        var larger = ArrayPool<byte>.Shared.Rent(length < 4096 ? 4096 : ProtocolLimits.FrameBytes + 1);
        full.AsSpan(0, length).CopyTo(larger);
        Return(ref rented);
        rented = larger;
        return larger;
    }

    private static void Return(ref byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = null;
        }
    }
}
