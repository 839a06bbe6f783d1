using System.Runtime.InteropServices;
using Veltrix.Gateway.Hunts;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// One session as this gateway knows it. It outlives its sockets: commands that were accepted are played and their answers kept, whether or not
/// anybody is connected, until the resume time is over.
///
/// Commands wait here until the player's grain takes them, one call at a time: what arrives during a call goes into the next one, so a slow
/// grain makes larger calls instead of a longer queue. The pump is the only one that calls the grain and that writes answers.
///
/// Four sequences tell where it stands: confirmed ≤ answered ≤ accepted, and told, up to which the present socket has been sent answers.
/// All fields are guarded by the gate, which is held for moments only and never across an await.
/// </summary>
internal sealed partial class PlaySession
{
    private readonly SessionTable _table;
    private readonly IPlayerGrain _grain;
    private readonly Lock _gate = new();
    private readonly AnswerRing _kept = new();
    private PlayerCommand[] _waiting = [];
    private int _waitingCount;
    private long _waitingSince;
    private ulong _accepted;
    private ulong _answered;
    private ulong _confirmed;
    private ulong _told;
    private ulong _againFrom;
    private ulong _againTo;
    private Standpoint _last;
    private RateBucket _bucket;
    private PlaySocket? _socket;
    private TaskCompletionSource? _roomWanted;
    private bool _pumping;
    private Ending _ending;

    public PlaySession(SessionTable table, HuntRoom room, in Seat seat)
    {
        _table = table;
        Room = room;
        Seat = seat;
        _grain = table.Grains.Player(seat.Hunt, seat.Player);
        _bucket = new RateBucket(table.Options.CommandsPerSecond, table.Options.CommandBurst, table.Clock.GetTimestamp(), table.Clock.TimestampFrequency);
        _lostAt = table.Clock.GetTimestamp();
    }

    private enum Ending : byte
    {
        None = 0,

        /// <summary>The player left: close when the last answer is out.</summary>
        Left = 1,

        /// <summary>The session is nothing any more; who resumes it asks the grain.</summary>
        Forgotten = 2,
    }

    public Seat Seat { get; }

    public HuntRoom Room { get; }

    /// <summary>What this gateway would tell a fresh activation of the player: for tests and logs.</summary>
    public Standpoint Standpoint
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Takes a frame's commands, whose signature was checked.</summary>
    public Acceptance Accept(PlaySocket from, in CommandFrameHeader header, ReadOnlySpan<Command> commands)
    {
        var now = _table.Clock.GetTimestamp();
        lock (_gate)
        {
            if (_socket != from || _ending is not Ending.None)
            {
                return Acceptance.Ended;
            }

            if (header.First > _accepted + 1 || header.Received > Math.Max(_answered, _told))
            {
                return Acceptance.BadSequence;
            }

            Confirm(header.Received);
            var last = header.First + (ulong)(commands.Length - 1);
            var fresh = last > _accepted ? (int)(last - _accepted) : 0;
            if (fresh > 0 && _accepted - _answered + (ulong)fresh > ProtocolLimits.Unanswered)
            {
                _roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return Acceptance.NoRoom;
            }

            if (fresh < commands.Length)
            {
                Repeat(header.First, Math.Min(last, _answered), commands.Length - fresh, now);
            }

            if (fresh > 0)
            {
                Append(commands[^fresh..], now);
            }

            if (_pumping || !HasWork)
            {
                return Acceptance.Taken;
            }

            _pumping = true;
        }

        _ = PumpAsync();
        return Acceptance.Taken;
    }

    /// <summary>Completes when answers went out since the last refusal for lack of room.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            return _roomWanted?.Task ?? Task.CompletedTask;
        }
    }

    private bool HasWork => _waitingCount > 0 || (_socket is not null && (_told < _answered || _againFrom != 0 || _ending is Ending.Left));

    private void Confirm(ulong received)
    {
        if (received > _confirmed)
        {
            _confirmed = received;
            _kept.Confirm(received);
        }
    }

    // Answers that are kept are sent again. What is accepted and unanswered will be answered anyway, what was confirmed needs no answer.
    private void Repeat(ulong first, ulong last, int count, long now)
    {
        var from = Math.Max(first, _kept.Base + 1);
        last = Math.Min(last, _told);
        if (from > last || _bucket.Take(count, now) < count)
        {
            return;
        }

        _againFrom = _againFrom == 0 ? from : Math.Min(_againFrom, from);
        _againTo = Math.Max(_againTo, last);
    }

    private void Append(ReadOnlySpan<Command> commands, long now)
    {
        // Even a refused command goes to the grain, which gives the refusal its place in the sequence.
        var granted = _table.TryEnter(commands.Length) ? _bucket.Take(commands.Length, now) : 0;
        if (_waitingCount == 0)
        {
            // Mostly a frame is a call: the array that is made here is the one that travels.
            _waiting = new PlayerCommand[commands.Length];
            _waitingSince = now;
        }
        else if (_waitingCount + commands.Length > _waiting.Length)
        {
            Array.Resize(ref _waiting, Math.Min(ProtocolLimits.Unanswered, 2 * (_waitingCount + commands.Length)));
        }

        for (var i = 0; i < commands.Length; i++)
        {
            var refusal = i < granted ? 0 : Math.Max(SessionTable.FullRetryMilliseconds, _bucket.MillisecondsUntil(i - granted + 1));
            _waiting[_waitingCount++] = commands[i].ToGrain(refusal);
        }

        _accepted += (ulong)commands.Length;
        _table.Metrics.Accepted(commands.Length, commands.Length - granted);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await SendAnswersAsync();
                if (TakeWaiting(out var since) is not { } request)
                {
                    if (TryRest())
                    {
                        return;
                    }

                    continue;
                }

                // The one wait of nearly every frame: awaited here and not two methods further in, it costs two allocations less.
                PlayReply? reply;
                try
                {
                    reply = await _grain.PlayAsync(request);
                }
                catch (Exception fault)
                {
                    reply = await PlayAgainAsync(request, fault);
                }

                if (!TryTake(request, reply, since))
                {
                    await GiveUpAsync(request, reply);
                }
            }
        }
        catch (Exception fault)
        {
            // Nothing in the loop is expected to fail: without this the session would hang for ever with its pump marked as running.
            LogPumpFailed(_table.Logger, fault, Seat.Session);
            await ForgetAsync(CloseCode.Internal, "The gateway failed. Resume the session.");
        }
    }

    private async ValueTask SendAnswersAsync()
    {
        while (true)
        {
            PlaySocket socket;
            OutgoingMessage message;
            lock (_gate)
            {
                if (_socket is not { } open || !TryEncode(open, out message))
                {
                    return;
                }

                socket = open;
            }

            await socket.SendAsync(message);
        }
    }

    private bool TryEncode(PlaySocket open, out OutgoingMessage message)
    {
        if (_againFrom != 0)
        {
            var again = _kept.From(Math.Max(_againFrom, _kept.Base + 1));
            var from = Math.Max(_againFrom, _kept.Base + 1);
            if (!again.IsEmpty && from <= _againTo)
            {
                again = again[..(int)Math.Min((ulong)again.Length, _againTo - from + 1)];
                message = open.Encode(from, again, out var resent);
                _againFrom = from + (ulong)resent <= _againTo ? from + (ulong)resent : 0;
                _againTo = _againFrom == 0 ? 0 : _againTo;
                return true;
            }

            (_againFrom, _againTo) = (0, 0);
        }

        var fresh = _kept.From(Math.Max(_told, _kept.Base) + 1);
        if (fresh.IsEmpty)
        {
            message = default;
            return false;
        }

        var first = Math.Max(_told, _kept.Base) + 1;
        message = open.Encode(first, fresh, out var taken);
        _told = first + (ulong)taken - 1;
        return true;
    }

    private PlayRequest? TakeWaiting(out long since)
    {
        lock (_gate)
        {
            since = _waitingSince;
            if (_waitingCount == 0)
            {
                return null;
            }

            var commands = _waitingCount == _waiting.Length ? _waiting : _waiting[.._waitingCount];
            _waiting = [];
            _waitingCount = 0;
            return new PlayRequest(Seat.Session, _answered + 1, _confirmed, ImmutableCollectionsMarshal.AsImmutableArray(commands), _last);
        }
    }

    // Whether there is nothing left to do; who brings something later starts the pump again.
    private bool TryRest()
    {
        PlaySocket? leaving = null;
        lock (_gate)
        {
            if (_ending is Ending.Left && _socket is not null)
            {
                leaving = _socket;
                _ending = Ending.Forgotten;
                _socket = null;
            }
            else if (HasWork)
            {
                return false;
            }

            _pumping = false;
        }

        if (leaving is not null)
        {
            _table.Forget(this);
            leaving.Leave();
        }

        return true;
    }

    private bool TryTake(PlayRequest request, PlayReply? reply, long since)
    {
        switch (reply?.Status)
        {
            case SessionStatus.Playing when reply.Answers.Length == request.Commands.Length:
                Took(request, reply.Answers.AsSpan(), reply.Tile, since);
                return true;
            case SessionStatus.HuntOver:
                Took(request, Same(request, CommandResult.HuntOver, 0), _last.Tile, since);
                return true;
            default:
                return false;
        }
    }

    private async ValueTask GiveUpAsync(PlayRequest request, PlayReply? reply)
    {
        switch (reply?.Status)
        {
            case SessionStatus.SessionOver or SessionStatus.NoHunt or SessionStatus.NameTaken:
                await ForgetAsync(CloseCode.SessionOver, "The session is over: the player left or joined again elsewhere. Join again to play on.");
                break;
            case SessionStatus.Gap:
                // What this gateway remembers does not fit what the grain knows; the resume sorts it out.
                LogGap(_table.Logger, Seat.Session, request.First);
                await ForgetAsync(CloseCode.Internal, "The gateway has lost track of the session. Resume it.");
                break;
            default:
                await ForgetAsync(CloseCode.Internal, "The player's server does not answer. Resume the session.");
                break;
        }
    }

    // Keeps the answers of a call. Those to commands that were answered busy before are only news for the standpoint.
    private void Took(PlayRequest request, ReadOnlySpan<CommandAnswer> answers, World.Tile tile, long since, bool applied = true)
    {
        TaskCompletionSource? wanted;
        int fresh;
        lock (_gate)
        {
            var known = _answered >= request.First ? (int)Math.Min((ulong)answers.Length, _answered - request.First + 1) : 0;
            fresh = answers.Length - known;
            foreach (ref readonly var answer in answers[known..])
            {
                _kept.Add(answer.ToWire());
                if (answer is { Kind: Veltrix.Contracts.CommandKind.Leave, Result: CommandResult.Ok })
                {
                    _ending = Ending.Left;
                }
            }

            _answered += (ulong)fresh;
            if (applied)
            {
                _last = new Standpoint(request.First + (ulong)answers.Length - 1, tile);
            }

            (wanted, _roomWanted) = (_roomWanted, null);
        }

        _table.Exit(fresh);
        wanted?.TrySetResult();
        var took = _table.Clock.GetElapsedTime(since);
        _table.Metrics.Answered(fresh, took);
        Room.Figures.Answered(fresh, took);
    }

    private static CommandAnswer[] Same(PlayRequest request, CommandResult result, int retryMilliseconds)
    {
        var answers = new CommandAnswer[request.Commands.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = new CommandAnswer(request.Commands[i].Kind, result, RetryMilliseconds: retryMilliseconds);
        }

        return answers;
    }
}

/// <summary>What became of a frame of commands.</summary>
internal enum Acceptance
{
    Taken = 0,

    /// <summary>Too many commands are unanswered: wait for <see cref="PlaySession.RoomAsync"/> and offer the same frame again.</summary>
    NoRoom = 1,

    /// <summary>Sequences are left out, or answers confirmed that were never given.</summary>
    BadSequence = 2,

    /// <summary>The session goes on at another socket, or not at all.</summary>
    Ended = 3,
}
