using Veltrix.Gateway.Hunts;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// One session as this gateway knows it. It outlives its sockets: commands that were accepted are played and their answers kept, whether or not
/// anybody is connected, until the resume time is over.
///
/// Here it takes commands in. They wait until the pump brings them to the player's grain.
///
/// Four sequences tell where it stands: confirmed ≤ answered ≤ accepted, and told, up to which the present socket has been sent answers.
/// All fields are guarded by the gate, which is held for moments only and never across an await.
/// </summary>
internal sealed partial class PlaySession
{
    private readonly SessionTable _table;
    private readonly IPlayerGrain _grain;
    private Door? _door;
    private readonly Lock _gate = new();
    private readonly AnswerRing _kept = new();
    private PlayerCommand[] _waiting = [];
    private int _waitingCount;
    private long _waitingSince;
    private ulong _accepted;
    private ulong _answered;
    private ulong _confirmed;
    private ulong _told;
    private int _underWay;
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

        RunPump();
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
        // Even a refused command goes to the grain, which gives the refusal its place in the sequence. It takes nobody's room: else a crowd that is refused would keep out
        // everybody else.
        var hasRoom = _table.TryEnter(commands.Length);
        var granted = hasRoom ? _bucket.Take(commands.Length, now) : 0;
        _table.Exit(hasRoom ? commands.Length - granted : 0);
        _underWay += granted;
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
        _table.Metrics.Accepted(commands.Length);
        if (granted < commands.Length)
        {
            _table.Metrics.Refused(commands.Length - granted, hasRoom ? "rate" : "capacity");
        }
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
