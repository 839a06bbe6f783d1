using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Json;

namespace Veltrix.Gateway.Sessions;

/// <summary>How messages are written: encoded into rented buffers, sent one at a time, with nothing queued behind a slow client.</summary>
internal sealed partial class PlaySocket
{
    /// <summary>The client's close is awaited so long after ours, so that the close is not lost in a reset.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static JsonScratch? _json;

    /// <summary>Writes as many of the answers as one message takes: 64 in binary, one in JSON.</summary>
    public OutgoingMessage Encode(ulong first, ReadOnlySpan<Answer> answers, out int taken)
    {
        if (IsJson)
        {
            taken = 1;
            var json = BeginJson();
            JsonServerFrame.WriteAnswer(json.Writer, first, answers[0]);
            return json.End();
        }

        var bytes = AnswerFrame.HeaderBytes;
        foreach (ref readonly var answer in answers[..Math.Min(answers.Length, ProtocolLimits.CommandsPerFrame)])
        {
            bytes += AnswerFrame.Measure(answer);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(bytes, ProtocolLimits.FrameBytes));
        var room = buffer.AsSpan(0, Math.Min(buffer.Length, ProtocolLimits.FrameBytes));
        return new OutgoingMessage(buffer, AnswerFrame.Write(room, first, answers, out taken));
    }

    public OutgoingMessage EncodeResumed(in Resumed resumed)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteResumed(json.Writer, resumed);
            return json.End();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ServerFrames.MostBytes);
        return new OutgoingMessage(buffer, ServerFrames.WriteResumed(buffer, resumed));
    }

    public OutgoingMessage EncodeSnapshot(in Snapshot snapshot)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteSnapshot(json.Writer, snapshot);
            return json.End();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ServerFrames.MostBytes);
        return new OutgoingMessage(buffer, ServerFrames.WriteSnapshot(buffer, snapshot));
    }

    public OutgoingMessage EncodeHunt(HuntState state)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteHunt(json.Writer, state);
            return json.End();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ServerFrames.MostBytes);
        return new OutgoingMessage(buffer, ServerFrames.WriteHunt(buffer, state));
    }

    /// <summary>Waits for the turn to send and keeps it until <see cref="Exit"/>.</summary>
    public Task EnterAsync() => _sending.WaitAsync();

    public void Exit() => _sending.Release();

    /// <summary>Whether nobody sends now; takes the turn if so.</summary>
    public bool TryEnter() => _sending.Wait(0);

    /// <summary>Sends a message in its turn and gives its buffer back. A connection that fails is given up; this never throws.</summary>
    public async ValueTask SendAsync(OutgoingMessage message)
    {
        await _sending.WaitAsync();
        await SendInsideAsync(message);
        _sending.Release();
    }

    /// <summary>The same for a caller who has the turn. Nothing is sent any more to a socket that closes.</summary>
    public ValueTask SendInsideAsync(OutgoingMessage message)
    {
        if (Volatile.Read(ref _closing) == 0)
        {
            return WriteAsync(message);
        }

        message.Return();
        return default;
    }

    /// <summary>Closes without anybody waiting for it.</summary>
    public void Close(CloseCode code, string sentence) => _ = CloseAsync(code, sentence);

    /// <summary>The player left: closes as after any ordinary end.</summary>
    public void Leave() => _ = CloseAsync(WebSocketCloseStatus.NormalClosure, null, null);

    /// <summary>Says why in an error frame and in the close. Reading goes on until the client's close, or for a moment.</summary>
    public Task CloseAsync(CloseCode code, string sentence) => CloseAsync((WebSocketCloseStatus)code, CloseCodes.Of(code), EncodeError(code, sentence));

    private async Task CloseAsync(WebSocketCloseStatus status, string? reason, OutgoingMessage? error)
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
        {
            error?.Return();
            return;
        }

        _table.Metrics.Closed((int)status);
        _farewell = _table.Clock.CreateTimer(static socket => ((WebSocket)socket!).Abort(), _webSocket, Farewell, Timeout.InfiniteTimeSpan);
        await _sending.WaitAsync();
        try
        {
            if (error is { } message)
            {
                await WriteAsync(message);
            }

            await _webSocket.CloseOutputAsync(status, reason, CancellationToken.None);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            _webSocket.Abort();
        }
        finally
        {
            _sending.Release();
        }
    }

    private async ValueTask WriteAsync(OutgoingMessage message)
    {
        Volatile.Write(ref _sendBegan, Math.Max(1, _table.Clock.GetTimestamp()));
        try
        {
            await _webSocket.SendAsync(
                message.Bytes, IsJson ? WebSocketMessageType.Text : WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            _webSocket.Abort();
        }
        finally
        {
            Volatile.Write(ref _sendBegan, 0);
            message.Return();
        }
    }

    // All the ways in which a connection says that it is no more; InvalidOperationException comes from Kestrel's pipes.
    private static bool IsGone(Exception fault) =>
        fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;

    private OutgoingMessage EncodeError(CloseCode code, string sentence)
    {
        if (IsJson)
        {
            var json = BeginJson();
            JsonServerFrame.WriteError(json.Writer, code, sentence);
            return json.End();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ServerFrames.MostBytes);
        return new OutgoingMessage(buffer, ServerFrames.WriteError(buffer, code, sentence));
    }

    private static JsonScratch BeginJson() => (_json ??= new JsonScratch()).Begin();

    /// <summary>What a thread encodes JSON with. A message is copied out of it, so it may be used again at once.</summary>
    private sealed class JsonScratch
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(1024);

        public JsonScratch() => Writer = new Utf8JsonWriter(_bytes, JsonServerFrame.WriterOptions);

        public Utf8JsonWriter Writer { get; }

        public JsonScratch Begin()
        {
            _bytes.ResetWrittenCount();
            Writer.Reset();
            return this;
        }

        public OutgoingMessage End()
        {
            Writer.Flush();
            var buffer = ArrayPool<byte>.Shared.Rent(_bytes.WrittenCount);
            _bytes.WrittenSpan.CopyTo(buffer);
            return new OutgoingMessage(buffer, _bytes.WrittenCount);
        }
    }
}

/// <summary>An encoded message in a rented buffer.</summary>
internal readonly struct OutgoingMessage(byte[] buffer, int length)
{
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    public void Return() => ArrayPool<byte>.Shared.Return(buffer);
}
