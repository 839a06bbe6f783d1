using System.Net.Sockets;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client;

// How a session gets its socket, loses it and comes back. One loop does all of it, and is the only one that reads.
public sealed partial class PlaySession
{
    private const int NormalClosure = 1000;
    private const int OldSocket = 1001;
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    // Of the loop alone.
    private Backoff _backoff;
    private Chance _chance;
    private long _lostAt;
    private bool _answered;
    private bool _isFirst = true;
    private ulong _attempt;
    private int _gateway;
    private string? _lastError;

    internal static async Task<PlaySession> StartAsync(
        JoinAnswer joined, Uri[] gateways, IPlaySink? sink, ulong lastSequence, VeltrixClientOptions options, NameCache names, SilenceWatch watch,
        CancellationToken cancellationToken)
    {
        var session = new PlaySession(joined, gateways, sink, lastSequence, options, names);
        try
        {
            var socket = await session.ConnectAsync(options.ConnectTimeout, cancellationToken);
            session._running = session.RunAsync(socket, watch);
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

    private async Task RunAsync(PlaySocket socket, SilenceWatch watch)
    {
        Exception? reason = null;
        watch.Add(this);
        try
        {
            while (true)
            {
                _answered = false;
                var connectedAt = _options.Clock.GetTimestamp();
                var status = await ReadAsync(socket);
                if (_ending.IsCancellationRequested || status == NormalClosure)
                {
                    break;
                }

                ThrowUnlessResumable(status);
                _sink?.OnDisconnected(status);
                var gaveUp = Interlocked.Exchange(ref _gaveUp, 0) != 0;
                if (gaveUp || status == (int)CloseCode.GoingAway)
                {
                    _gateway++;
                }
                else if (status == OldSocket)
                {
                    // Any of them: a gateway that came, or came back, gets its share.
                    _gateway = _chance.Below(_gateways.Length);
                }

                // A socket that is opened and lost again and again counts as one loss: else a server that fails at each resume would be asked without end.
                if (_answered || _options.Clock.GetElapsedTime(connectedAt) >= _options.LongestWait)
                {
                    _backoff.Reset();
                    _lostAt = _options.Clock.GetTimestamp();
                }

                socket = await ConnectAsync(_options.GiveUpAfter ?? TimeSpan.FromSeconds(Math.Max(Joined.Limits.ResumeSeconds, 1)), _ending.Token);
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

        watch.Remove(this);
        End(reason);
        _sink?.OnEnded(reason);
    }

    private async Task<PlaySocket> ConnectAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (var failed = 0; ; failed++)
        {
            // After each loss it is tried once in any case; the very first time at once.
            if ((last is not null || !_backoff.IsFresh) && _options.Clock.GetElapsedTime(_lostAt) >= patience)
            {
                var why = last?.Message ?? $"the socket was lost right after the resume. {_lastError}";
                throw new GatewayUnreachableException($"No gateway took session {Joined.Session} up in {patience.TotalSeconds:F0} s. The last attempt: {why}", last);
            }

            // One that does not answer costs no wait while there is another that was not asked yet.
            if (failed == 0 ? !_isFirst : failed % _gateways.Length == 0)
            {
                await Task.Delay(_backoff.Next(ref _chance), _options.Clock, cancellationToken);
            }

            try
            {
                return await ConnectOnceAsync(_gateways[_gateway % _gateways.Length], cancellationToken);
            }
            catch (Exception e) when (IsLoss(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = e;
                _gateway++;
            }
        }
    }

    private async Task<PlaySocket> ConnectOnceAsync(Uri gateway, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(_options.ConnectTimeout, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        var socket = await PlayHandshake.ConnectAsync(gateway, _options, either.Token);
        try
        {
            _lastError = null;
            var (resume, length) = ResumeNow();
            await socket.SendAsync(resume, length, either.Token);
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
                    Adopt(socket, next, snapshot);
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

    private (byte[] Buffer, int Length) ResumeNow()
    {
        lock (_gate)
        {
            // The clock's milliseconds are also above what another process counted for this session before.
            _attempt = Math.Max(_attempt + 1, (ulong)_options.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            var buffer = new byte[PlaySocket.Headroom + ResumeFrame.Measure(Joined.Token)];
            var request = new ResumeRequest(Joined.Token, _pending.First - 1, _attempt);
            return (buffer, ResumeFrame.Write(buffer.AsSpan(PlaySocket.Headroom), _signer, request));
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

    private void Adopt(PlaySocket socket, ulong next, Snapshot? snapshot)
    {
        if (!_isFirst)
        {
            Reconnects++;
            _sink?.OnResumed();
        }

        _isFirst = false;

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

    private static bool IsLoss(Exception e) => e is IOException or SocketException or ObjectDisposedException;
}
