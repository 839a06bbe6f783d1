using System.Threading.Channels;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Client;

// What a session does with the server's frames. All of it runs in the session's loop, one frame after the other.
public sealed partial class PlaySession
{
    [ThreadStatic]
    private static Answer[]? _threadAnswers;

    /// <summary>Reads until the socket is gone, and gives its close status.</summary>
    private async Task<int> ReadAsync(PlaySocket socket)
    {
        try
        {
            while (true)
            {
                var message = await socket.ReceiveAsync();
                if (message.IsEmpty)
                {
                    _lastError ??= socket.CloseReason;
                    return socket.CloseStatus;
                }

                Handle(message.Span, out var slow);
                if (slow.Answers is not null)
                {
                    await StreamAsync(slow.Stream!, slow.First, slow.Answers);
                }
            }
        }
        catch (Exception e) when (IsLoss(e) || e is OperationCanceledException)
        {
            return socket.CloseStatus;
        }
        finally
        {
            lock (_gate)
            {
                _socket = null;
            }

            socket.Dispose();
        }
    }

    private void Handle(ReadOnlySpan<byte> frame, out (Channel<AnswerReceived>? Stream, ulong First, Answer[]? Answers) slow)
    {
        slow = default;
        var ok = (FrameType)frame[0] switch
        {
            FrameType.Answers => TakeAnswers(frame, out slow),
            FrameType.Enter => TakeEntered(frame),
            FrameType.Moved => TakeWalked(frame),
            FrameType.Leave => TakeLeft(frame),
            FrameType.Hunt => TakeHunt(frame),
            FrameType.Notice => TakeNotice(frame),
            FrameType.Error => ServerFrames.TryReadError(frame, out _, out _lastError),
            FrameType.Resumed or FrameType.Snapshot => false,
            _ => true, // of a later version; the page says to ignore it
        };
        if (!ok)
        {
            throw new PlayProtocolException($"The server sent a frame of type 0x{frame[0]:x2} that is not as the protocol says.");
        }
    }

    private bool TakeAnswers(ReadOnlySpan<byte> frame, out (Channel<AnswerReceived>? Stream, ulong First, Answer[]? Answers) slow)
    {
        slow = default;
        var answers = _threadAnswers ??= new Answer[ProtocolLimits.CommandsPerFrame];
        if (!AnswerFrame.TryRead(frame, _names, answers, out var first, out var count))
        {
            return false;
        }

        Channel<AnswerReceived>? stream;
        int known;
        lock (_gate)
        {
            if (first > _pending.First || first + (ulong)count - 1 > _sent)
            {
                throw new PlayProtocolException($"The server answered {first} to {first + (ulong)count - 1} where the answer to {_pending.First} came next.");
            }

            // A command that was sent again may be answered again.
            known = (int)Math.Min((ulong)count, _pending.First - first);
            for (var i = known; i < count; i++)
            {
                var command = _pending.RemoveFirst();
                if (command.Command.Kind != answers[i].Kind && command.Command.Kind != default)
                {
                    throw new PlayProtocolException($"The server answered {first + (ulong)i}, a {command.Command.Kind}, as if it were a {answers[i].Kind}.");
                }

                command.Waiter?.Answered(first + (ulong)i, in answers[i]);
            }

            stream = _stream;
            SignalRoom();
        }

        _answered |= count > known;
        Deliver(first + (ulong)known, answers.AsSpan(known, count - known));
        if (stream is not null && count > known)
        {
            slow = (stream, first + (ulong)known, answers[known..count]);
        }

        // The strings of a look go with the next answers otherwise.
        answers.AsSpan(0, count).Clear();
        return true;
    }

    private void Deliver(ulong first, ReadOnlySpan<Answer> answers)
    {
        if (!answers.IsEmpty)
        {
            _sink?.OnAnswers(first, answers);
        }
    }

    private static async ValueTask StreamAsync(Channel<AnswerReceived> stream, ulong first, Answer[] answers)
    {
        try
        {
            for (var i = 0; i < answers.Length; i++)
            {
                await stream.Writer.WriteAsync(new AnswerReceived(first + (ulong)i, answers[i]));
            }
        }
        catch (ChannelClosedException)
        {
            // Its reader has gone.
        }
    }

    private bool TakeEntered(ReadOnlySpan<byte> frame)
    {
        var players = new Entered[ProtocolLimits.PlayersListed];
        var ok = ViewFrames.TryReadEnter(frame, _names, players, out var count);
        if (ok)
        {
            _sink?.OnEntered(players.AsSpan(0, count));
        }

        return ok;
    }

    private bool TakeWalked(ReadOnlySpan<byte> frame)
    {
        Span<Walked> players = stackalloc Walked[ProtocolLimits.PlayersListed];
        var ok = ViewFrames.TryReadMoved(frame, players, out var count);
        if (ok)
        {
            _sink?.OnWalked(players[..count]);
        }

        return ok;
    }

    private bool TakeLeft(ReadOnlySpan<byte> frame)
    {
        Span<ushort> handles = stackalloc ushort[ProtocolLimits.PlayersListed];
        var ok = ViewFrames.TryReadLeave(frame, handles, out var count);
        if (ok)
        {
            _sink?.OnLeft(handles[..count]);
        }

        return ok;
    }

    private bool TakeHunt(ReadOnlySpan<byte> frame)
    {
        var ok = ServerFrames.TryReadHunt(frame, out var state);
        if (ok)
        {
            _sink?.OnHunt(state);
        }

        return ok;
    }

    private bool TakeNotice(ReadOnlySpan<byte> frame)
    {
        var ok = ServerFrames.TryReadNotice(frame, out var sentence);
        if (ok)
        {
            _sink?.OnNotice(sentence);
        }

        return ok;
    }
}
