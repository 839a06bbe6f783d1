using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client;

// The socket's side of a session: one loop reads and comes back; a pump writes while there is something to write, on the thread of whoever gave it the
// first command. A socket that fails while the pump writes is left to the loop, which notices by itself.
public sealed partial class PlaySession
{
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static Answer[]? t_answers;

    [ThreadStatic]
    private static Command[]? t_commands;

    private ulong _attempt;
    private int _gateway;
    private string? _lastError;

    internal static async Task<PlaySession> StartAsync(
        JoinAnswer joined, Uri[] gateways, IPlaySink? sink, ulong lastSequence, VeltrixClientOptions options, NameCache names, CancellationToken cancellationToken)
    {
        var session = new PlaySession(joined, gateways, sink, lastSequence, options, names);
        try
        {
            var socket = await session.ConnectAsync(options.ConnectTimeout, isFirst: true, cancellationToken);
            session._running = session.RunAsync(socket);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends the session's socket in order; commands without an answer may or may not be carried out, and the session can be resumed while the server keeps
    /// it. Not to be awaited by a sink.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _ending.CancelAsync();
            PlaySocket? socket;
            lock (_gate)
            {
                socket = _socket;
            }

            if (socket is not null)
            {
                await GoodbyeAsync(socket);
            }

            await _running;
            End(null);
            lock (_gate)
            {
                _signer.Dispose();
            }

            _ending.Dispose();
        }

        await _running;
    }

    private async Task GoodbyeAsync(PlaySocket socket)
    {
        using var time = new CancellationTokenSource(GoodbyeTime, _options.Clock);
        try
        {
            await socket.CloseAsync(time.Token);
            await _running.WaitAsync(time.Token);
        }
        catch (Exception e) when (IsLoss(e) || e is OperationCanceledException)
        {
            socket.Abort();
        }
    }

    private async Task RunAsync(PlaySocket socket)
    {
        Exception? reason = null;
        try
        {
            while (true)
            {
                var status = await ReadAsync(socket);
                if (_ending.IsCancellationRequested || status == (int)WebSocketCloseStatus.NormalClosure)
                {
                    break;
                }

                ThrowUnlessResumable(status);
                _sink?.OnDisconnected(status);
                _gateway += status == (int)CloseCode.GoingAway ? 1 : 0;
                var patience = _options.GiveUpAfter ?? TimeSpan.FromSeconds(Math.Max(Joined.Limits.ResumeSeconds, 1));
                socket = await ConnectAsync(patience, isFirst: false, _ending.Token);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // Disposed while it waited to come back.
        }
        catch (Exception e)
        {
            // The one boundary of the session: whatever ended it goes to whoever waits for an answer, and to the sink.
            reason = e as PlayEndedException ?? new SinkFailedException(e);
        }

        End(reason);
        _sink?.OnEnded(reason);
    }

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
                    using var time = new CancellationTokenSource(GoodbyeTime, _options.Clock);
                    await socket.CloseAsync(time.Token);
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
        var answers = t_answers ??= new Answer[ProtocolLimits.CommandsPerFrame];
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

    private async Task<PlaySocket> ConnectAsync(TimeSpan patience, bool isFirst, CancellationToken cancellationToken)
    {
        var started = _options.Clock.GetTimestamp();
        var backoff = new Backoff(_options, _options.Seed ^ Convert.ToUInt64(Joined.Session[..16], 16) ^ (ulong)Reconnects);
        for (var wait = isFirst ? TimeSpan.Zero : backoff.Next(); ; wait = backoff.Next())
        {
            await Task.Delay(wait, _options.Clock, cancellationToken);
            try
            {
                return await ConnectOnceAsync(_gateways[_gateway % _gateways.Length], isFirst, cancellationToken);
            }
            catch (Exception e) when (IsLoss(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                _gateway++;
                if (_options.Clock.GetElapsedTime(started) >= patience)
                {
                    throw new GatewayUnreachableException($"No gateway took session {Joined.Session} up in {patience.TotalSeconds:F0} s. The last attempt: {e.Message}", e);
                }
            }
        }
    }

    private async Task<PlaySocket> ConnectOnceAsync(Uri gateway, bool isFirst, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(_options.ConnectTimeout, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        var socket = await PlaySocket.ConnectAsync(gateway, _options, either.Token);
        try
        {
            _lastError = null;
            await socket.SendAsync(ResumeNow(), either.Token);
            while (true)
            {
                var message = await socket.ReceiveAsync(either.Token);
                if (message.IsEmpty)
                {
                    _lastError ??= socket.CloseReason;
                    ThrowUnlessResumable(socket.CloseStatus);
                    throw new IOException($"{gateway} closed the socket with {socket.CloseStatus} {_lastError}");
                }

                if (TakesUp(message.Span, out var next, out var snapshot))
                {
                    Adopt(socket, next, snapshot, isFirst);
                    return socket;
                }
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private byte[] ResumeNow()
    {
        lock (_gate)
        {
            // The clock's milliseconds are also above what another process counted for this session before.
            _attempt = Math.Max(_attempt + 1, (ulong)_options.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            var frame = new byte[ResumeFrame.Measure(Joined.Token)];
            ResumeFrame.Write(frame, _signer, new ResumeRequest(Joined.Token, _pending.First - 1, _attempt));
            return frame;
        }
    }

    private bool TakesUp(ReadOnlySpan<byte> frame, out ulong next, out Snapshot? snapshot)
    {
        snapshot = null;
        next = 0;
        switch ((FrameType)frame[0])
        {
            case FrameType.Resumed when ServerFrames.TryReadResumed(frame, out var resumed):
                next = resumed.Next;
                return true;
            case FrameType.Snapshot when ServerFrames.TryReadSnapshot(frame, out var read):
                snapshot = read;
                next = read.Next;
                return true;
            case FrameType.Error when ServerFrames.TryReadError(frame, out _, out _lastError):
                return false;
            default:
                throw new PlayProtocolException($"The server answered the resume with a frame of type 0x{frame[0]:x2}.");
        }
    }

    private void Adopt(PlaySocket socket, ulong next, Snapshot? snapshot, bool isFirst)
    {
        if (!isFirst)
        {
            Reconnects++;
            _sink?.OnResumed();
        }

        Answer[] lost;
        ulong firstLost;
        bool pump;
        lock (_gate)
        {
            // Either this sees that the session is being disposed, or the dispose sees this socket.
            _ending.Token.ThrowIfCancellationRequested();
            firstLost = _pending.First;
            if (next < firstLost || next - firstLost > ProtocolLimits.Unanswered)
            {
                throw new PlayProtocolException($"The server goes on with command {next}, but {firstLost} is the first without an answer.");
            }

            while (_pending.Next < next)
            {
                // Sent by another process that played this session before; the answers come to this one.
                _pending.Add(default);
            }

            lost = snapshot is null ? [] : new Answer[next - firstLost];
            for (var i = 0; i < lost.Length; i++)
            {
                var command = _pending.RemoveFirst();
                lost[i] = Answer.Of(command.Command.Kind, ResultCode.Unknown);
                command.Waiter?.Answered(firstLost + (ulong)i, in lost[i]);
            }

            SignalRoom();
            _socket = socket;
            _sent = next - 1;
            _watchSent = false;
            pump = StartsPump();
        }

        if (snapshot is { } standing)
        {
            Deliver(firstLost, lost);
            _sink?.OnSnapshot(in standing);
        }

        if (pump)
        {
            _ = PumpAsync();
        }
    }

    // Under the gate.
    private bool StartsPump()
    {
        if (_pumping || _socket is null || (_watching == _watchSent && _sent + 1 == _pending.Next))
        {
            return false;
        }

        _pumping = true;
        return true;
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            PlaySocket socket;
            byte[] buffer;
            int length;
            lock (_gate)
            {
                if (_socket is not { } open || !TryTakeFrame(out buffer!, out length))
                {
                    _pumping = false;
                    return;
                }

                socket = open;
            }

            try
            {
                await socket.SendAsync(buffer.AsMemory(0, length));
            }
            catch (Exception)
            {
                // Whatever was taken is still pending, and is sent again once the reading loop has come back on another socket.
                socket.Abort();
                lock (_gate)
                {
                    _socket = ReferenceEquals(_socket, socket) ? null : _socket;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // Under the gate, as the signer is for one thread at a time.
    private bool TryTakeFrame(out byte[]? buffer, out int length)
    {
        if (_watching != _watchSent)
        {
            _watchSent = _watching;
            buffer = ArrayPool<byte>.Shared.Rent(WatchFrame.Bytes);
            length = WatchFrame.Write(buffer, _signer, _watching);
            return true;
        }

        var commands = t_commands ??= new Command[ProtocolLimits.CommandsPerFrame];
        var count = 0;
        var first = _sent + 1;
        while (count < commands.Length && first + (ulong)count < _pending.Next)
        {
            ref readonly var pending = ref _pending[first + (ulong)count];
            commands[count++] = pending.Command;
            if (pending.EndsFrame && !_options.ShareFrames)
            {
                break;
            }
        }

        buffer = null;
        length = 0;
        if (count == 0)
        {
            return false;
        }

        var taken = commands.AsSpan(0, count);
        buffer = ArrayPool<byte>.Shared.Rent(CommandFrame.Measure(taken));
        length = CommandFrame.Write(buffer, _signer, first, _pending.First - 1, taken);
        _sent += (ulong)count;
        return true;
    }

    // Under the gate.
    private void SignalRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private void End(Exception? reason)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = reason ?? new ObjectDisposedException(nameof(PlaySession), "The session has ended.");
            _socket = null;
            while (_pending.Count > 0)
            {
                _pending.RemoveFirst().Waiter?.Failed(_ended);
            }

            SignalRoom();
            _stream?.Writer.TryComplete(reason);
        }
    }

    private void ThrowUnlessResumable(int status)
    {
        if (CloseCodes.After(status) is ComeBack.Resume)
        {
            return;
        }

        var why = $"The server closed session {Joined.Session} with {status}: {_lastError ?? "no reason given"}";
        throw (CloseCode)status switch
        {
            CloseCode.SessionOver => new SessionOverException(why),
            CloseCode.Replaced => new SessionReplacedException(why),
            _ => new PlayRefusedException((CloseCode)status, why),
        };
    }

    private static bool IsLoss(Exception e) => e is IOException or WebSocketException or SocketException or ObjectDisposedException;
}
