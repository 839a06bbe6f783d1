using Microsoft.Extensions.Logging;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Gateway.Sessions;

/// <summary>How a session gets a socket, loses it, and is forgotten.</summary>
internal sealed partial class PlaySession
{
    private readonly SemaphoreSlim _attaching = new(1, 1);
    private ulong _attempt;
    private bool _known;
    private bool _away;
    private long _lostAt;

    /// <summary>The socket that plays the session now.</summary>
    public PlaySocket? Socket => Volatile.Read(ref _socket);

    /// <summary>The session was just begun here: its first resume needs no grain.</summary>
    public void Begun(World.Tile spawn)
    {
        lock (_gate)
        {
            _last = new Standpoint(0, spawn);
            _known = true;
        }
    }

    /// <summary>Takes the session up at a socket whose resume was checked; the socket that had it is closed.</summary>
    /// <returns>null when done, else why the socket must close</returns>
    public async Task<Refusal?> AttachAsync(PlaySocket socket, Protocol.Frames.ResumeRequest resume)
    {
        await _attaching.WaitAsync();
        try
        {
            // JSON signs nothing and so has no attempts.
            if (!socket.IsJson && resume.Attempt <= _attempt)
            {
                return new Refusal(CloseCode.RepeatedResume, $"Attempt {resume.Attempt} is not above {_attempt}, the highest so far. Resume with a higher one.");
            }

            _attempt = Math.Max(_attempt, resume.Attempt);
            var knows = KnowsEnough(resume.LastSequence);
            var refusal = knows ? null : await AskGrainAsync(resume.LastSequence);
            _table.Metrics.Resumed(knows ? "gateway" : refusal is null ? "grain" : "nobody");
            return refusal ?? await TakeUpAsync(socket, resume.LastSequence);
        }
        finally
        {
            _attaching.Release();
        }
    }

    /// <summary>The socket is gone. What was accepted is played all the same.</summary>
    public void Detach(PlaySocket socket)
    {
        lock (_gate)
        {
            if (_socket == socket)
            {
                _socket = null;
                _lostAt = _table.Clock.GetTimestamp();
            }
        }
    }

    /// <summary>What time does to a session: its socket may be too slow or too old; without a socket it is reported as away, then forgotten.</summary>
    public void Sweep()
    {
        bool report = false, forget = false;
        PlaySocket? socket;
        lock (_gate)
        {
            socket = _socket;
            if (socket is null)
            {
                var gone = _table.Clock.GetElapsedTime(_lostAt);
                forget = gone >= _table.Options.ResumeTime && !_pumping;
                report = (forget || gone >= _table.Options.DetachAfter) && !_away && _ending is Ending.None;
                _away |= report;
                _ending = forget ? Ending.Forgotten : _ending;
            }
        }

        socket?.Sweep();
        if (report)
        {
            _ = ReportAwayAsync();
        }

        if (forget)
        {
            _table.Forget(this);
        }
    }

    private bool KnowsEnough(ulong lastSequence)
    {
        lock (_gate)
        {
            // A session that was away may have played at another gateway meanwhile; one that says that it got answers which were not given here has.
            return _known && !_away && lastSequence <= _answered;
        }
    }

    private async Task<Refusal?> AskGrainAsync(ulong lastSequence)
    {
        Standpoint? last;
        lock (_gate)
        {
            if (_pumping)
            {
                // Its calls are under way and will say where the session stands.
                return _known && lastSequence <= _answered ? null : new Refusal(CloseCode.Internal, "Commands of the session are still being played. Resume again.");
            }

            last = _known ? _last : null;
        }

        ResumeReply reply;
        try
        {
            reply = await Repeated.CallAsync(
                () => _grain.ResumeAsync(new Contracts.ResumeRequest(Seat.Session, lastSequence, last, _table.Id)),
                _table.Options.RetryTime,
                _table.Clock,
                fault =>
                {
                    LogResumeFailed(_table.Logger, fault, Seat.Session);
                    return true;
                });
        }
        catch (Exception)
        {
            return new Refusal(CloseCode.Internal, "The player's server does not answer. Resume again.");
        }

        // A player who left and lost the answer to it still gets that answer.
        var left = reply is { Status: SessionStatus.SessionOver, Whole: true, Missed: { IsDefaultOrEmpty: false } parting }
            && parting[^1] is { Kind: Contracts.CommandKind.Leave, Result: CommandResult.Ok };
        if (reply.Status is SessionStatus.Gap)
        {
            return new Refusal(CloseCode.BadSequence, "The resume says that answers were received which were never given. Resume with the last one that was.");
        }

        if (reply.Status is not SessionStatus.Playing && !left)
        {
            lock (_gate)
            {
                _ending = Ending.Forgotten;
            }

            _table.Forget(this);
            return new Refusal(CloseCode.SessionOver, "The session is over: the player left, joined again elsewhere, or the hunt is no more. Join again to play on.");
        }

        lock (_gate)
        {
            // The grain counts what the client has answers to as applied, so a player who fell back is not behind: the answer is just not whole.
            var behind = !reply.Whole && reply.Applied <= lastSequence;
            var missed = reply is { Whole: true, Missed.IsDefault: false } ? reply.Missed : [];
            _kept.Restart(reply.Whole ? reply.Applied - (ulong)missed.Length : Math.Max(reply.Applied, lastSequence));
            foreach (ref readonly var answer in missed.AsSpan())
            {
                _kept.Add(answer.ToWire());
            }

            _answered = _accepted = _kept.Newest;
            _confirmed = _kept.Base;
            _last = new Standpoint(_answered, reply.Tile);
            _ending = left ? Ending.Left : Ending.None;
            _fellBack = behind;
            (_known, _away) = (true, false);
        }

        return null;
    }

    private bool _fellBack;

    // Says where the session stands, then makes this socket the session's. The socket's gate is held over both: nothing gets in between.
    private async Task<Refusal?> TakeUpAsync(PlaySocket socket, ulong lastSequence)
    {
        await socket.EnterAsync();
        PlaySocket? before;
        OutgoingMessage message;
        lock (_gate)
        {
            if (_ending is Ending.Forgotten)
            {
                socket.Exit();
                return new Refusal(CloseCode.Internal, "The gateway has just let go of the session. Resume again.");
            }

            before = _socket;
            if (lastSequence >= _kept.Base && !_fellBack)
            {
                message = socket.EncodeResumed(new Resumed(_accepted + 1));
                _told = lastSequence;
                Confirm(lastSequence);
            }
            else
            {
                message = socket.EncodeSnapshot(new Snapshot(
                    _accepted + 1, _last.Tile.X, _last.Tile.Y, _fellBack ? SnapshotReason.FellBack : SnapshotReason.AnswersGone));
                _told = _accepted;
                _fellBack = false;
            }

            (_againFrom, _againTo) = (0, 0);
            _away = false;
            _socket = socket;
        }

        await socket.SendInsideAsync(message);
        await socket.SendInsideAsync(socket.EncodeHunt(Room.Phase.ToWire()));
        socket.Exit();
        StartPump();
        before?.Close(CloseCode.Replaced, "The session was resumed on another socket.");
        return null;
    }

    // Lets go of all; what the client has no answer to, it asks for again when it resumes, and the grain knows it.
    private async ValueTask ForgetAsync(CloseCode code, string sentence)
    {
        PlaySocket? socket;
        TaskCompletionSource? wanted;
        int underWay;
        lock (_gate)
        {
            (socket, _socket) = (_socket, null);
            (wanted, _roomWanted) = (_roomWanted, null);
            (underWay, _underWay) = (_underWay, 0);
            _answered = _accepted;
            _ending = Ending.Forgotten;
            _pumping = false;
            (_waiting, _waitingCount) = ([], 0);
            _kept.Restart(_accepted);
        }

        _table.Exit(underWay);
        _table.Forget(this);
        wanted?.TrySetResult();
        if (socket is not null)
        {
            await socket.CloseAsync(code, sentence);
        }
    }

    private async Task ReportAwayAsync()
    {
        try
        {
            await _grain.DetachAsync(Seat.Session, _table.Id);
        }
        catch (Exception fault)
        {
            // The world only keeps the player a little longer: the grain notices by itself that nothing comes.
            LogDetachFailed(_table.Logger, fault, Seat.Session);
        }
    }

    [LoggerMessage(4101, LogLevel.Debug, "Session {Session}: the call for {Count} commands from {First} failed; it is repeated")]
    private static partial void LogCallFailed(ILogger logger, Exception fault, SessionId session, ulong first, int count);

    [LoggerMessage(4102, LogLevel.Warning, "Session {Session}: its player did not answer for {Seconds} s; the client is asked to resume")]
    private static partial void LogGaveUp(ILogger logger, Exception fault, SessionId session, double seconds);

    [LoggerMessage(4103, LogLevel.Warning, "Session {Session}: the player does not expect command {First}; the client is asked to resume")]
    private static partial void LogGap(ILogger logger, SessionId session, ulong first);

    [LoggerMessage(4104, LogLevel.Error, "Session {Session}: the pump failed")]
    private static partial void LogPumpFailed(ILogger logger, Exception fault, SessionId session);

    [LoggerMessage(4105, LogLevel.Debug, "Session {Session}: the player was not told that the socket is gone")]
    private static partial void LogDetachFailed(ILogger logger, Exception fault, SessionId session);

    [LoggerMessage(4106, LogLevel.Debug, "Session {Session}: the resume failed; it is repeated")]
    private static partial void LogResumeFailed(ILogger logger, Exception fault, SessionId session);
}

/// <summary>Why a socket must close.</summary>
internal sealed record Refusal(CloseCode Code, string Sentence);
