using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Model;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Protocol;
using Veltrix.World;
using StableHash = Veltrix.World.StableHash;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>
/// One simulated player. What it does is a function of the seed and its number; what it expects follows from where its own commands must have
/// put it, without waiting for answers. Frames are planned on the pacer's thread, and answers are taken there too or, where the class library
/// serves the sockets, on its threads: a lock, hardly ever contended, is between them.
/// </summary>
internal sealed partial class Bot
{
    /// <summary>Answers later than this make the bot's place uncertain for those who see it.</summary>
    private const long Late = 2 * Nanoseconds.PerSecond;

    /// <summary>How long after a trouble others do not hold the bot to its tiles.</summary>
    private const long Recovery = 30 * Nanoseconds.PerSecond;

    private readonly Lock _gate = new();
    private readonly HuntModel _model;
    private readonly Mix _mix;
    private readonly RunRecord _record;
    private readonly PendingRing _pending = new();
    private readonly Trail _trail;
    private SeededRandom _random;
    private Tile _planned;
    private Tile _stands;
    private bool _stale;
    private ulong _answered;
    private uint _clues;
    private long _points;
    private long _uncertain;
    private long _calmFrom;

    public Bot(HuntModel model, Mix mix, RunRecord record, int index)
    {
        (_model, _mix, _record, Index) = (model, mix, record, index);
        Name = model.NameOf(index);
        _trail = new Trail(model.TrailLength);
        _random = new SeededRandom(StableHash.Combine(model.Seed, StableHash.Combine(StableHash.Of("bot"), (ulong)index)));
    }

    public int Index { get; }

    public string Name { get; }

    /// <summary>The id of the session that it plays.</summary>
    public string Session { get; private set; } = "";

    /// <summary>What was acknowledged to it that must be in the ledger, by rising sequence.</summary>
    public List<Scored> Scored { get; } = [];

    /// <summary>Its total before this run and the claims that were acknowledged to it.</summary>
    public long Points => Volatile.Read(ref _points);

    /// <summary>What may have been scored besides, by commands whose answers are lost.</summary>
    public long Uncertain => Volatile.Read(ref _uncertain);

    /// <summary>How many of its commands have no answer yet.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>How many commands it has sent: the sequence of the last.</summary>
    public ulong Sent
    {
        get
        {
            lock (_gate)
            {
                return _answered + (ulong)_pending.Count;
            }
        }
    }

    /// <summary>Begins a session.</summary>
    /// <param name="session">its id</param>
    /// <param name="tile">where the player stands</param>
    /// <param name="points">what the player had scored before</param>
    public void Join(string session, Tile tile, long points)
    {
        (Session, _planned, _stands, _points) = (session, tile, tile, points);
        _trail.Add(tile);
    }

    /// <summary>Makes up the bot's next frame; its commands are pending from then on.</summary>
    public void Plan(Span<Command> frame, long due)
    {
        lock (_gate)
        {
            if (_stale)
            {
                Replan();
            }

            foreach (ref var command in frame)
            {
                command = Next(due);
            }
        }
    }

    /// <summary>The socket is lost: answers will come late.</summary>
    public void Disconnected(long now) => Trouble(now);

    /// <summary>The socket was lost and is back.</summary>
    public void Reconnected(long now)
    {
        Trouble(now);
        _record.Reconnected();
    }

    /// <summary>The server says where the player stands: answers before this are lost.</summary>
    public void Relocate(Tile tile, long now)
    {
        lock (_gate)
        {
            Trouble(now);
            _stands = tile;
            _trail.Add(tile);
            _stale = true;
            _sentBeforeTheFall = _answered + (ulong)_pending.Count;
        }
    }

    /// <summary>Whether the bot has been on a tile lately; true when that cannot be told.</summary>
    public bool MayBeAt(Tile tile, long now) => now < Volatile.Read(ref _calmFrom) || _trail.Has(tile);

    /// <summary>Whether the bot may have dropped that clue on that tile; true when that cannot be told.</summary>
    public bool MayHaveDropped(uint count, Tile tile, long now) => now < Volatile.Read(ref _calmFrom) || _drops.Has(count, tile);

    /// <summary>What was acknowledged up to now.</summary>
    public Scored[] ScoredSoFar()
    {
        lock (_gate)
        {
            return [.. Scored];
        }
    }

    /// <summary>What is unanswered at the end.</summary>
    public Pending[] Rest()
    {
        lock (_gate)
        {
            var rest = new Pending[_pending.Count];
            for (var i = 0; i < rest.Length; i++)
            {
                rest[i] = _pending[i];
            }

            return rest;
        }
    }

    /// <summary>The sequence of the first of <see cref="Rest"/>.</summary>
    public ulong FirstUnanswered => _answered + 1;

    private Command Next(long due)
    {
        var kind = _mix.Pick(ref _random);
        var reach = _model.Rules.Reach;
        var target = Tile.At(
            Math.Clamp(_planned.X + _random.Between(-reach, reach), 0, _model.Map.Width - 1),
            Math.Clamp(_planned.Y + _random.Between(-reach, reach), 0, _model.Map.Height - 1));
        if (kind is CommandKind.Look or CommandKind.Where)
        {
            target = _planned;
        }

        var expected = _model.Judge(kind, _planned, target);
        var clue = kind == CommandKind.DropClue ? _clues++ : 0;
        _pending.Add(new Pending(due, kind, target, _planned, expected, clue));
        if (expected == ResultCode.Ok)
        {
            if (kind == CommandKind.Move)
            {
                _planned = target;
                _trail.Add(target);
            }
            else if (kind == CommandKind.DropClue)
            {
                // Others may see it before its answer is here.
                _drops.Add(clue, target);
                _model.CountClue(target);
            }
        }

        return kind switch
        {
            CommandKind.Move => Command.Move(target.X, target.Y),
            CommandKind.DropClue => Command.DropClue(target.X, target.Y, ClueTexts.For(_model.Seed, Index, clue)),
            CommandKind.Dig => Command.Dig(target.X, target.Y),
            CommandKind.Where => Command.Where,
            _ => Command.Look,
        };
    }

    /// <summary>Something went otherwise than expected: thinks all over that is under way.</summary>
    private void Replan()
    {
        var tile = _stands;
        for (var i = 0; i < _pending.Count; i++)
        {
            ref var pending = ref _pending[i];
            var expected = _model.Judge(pending.Kind, tile, pending.Target);
            pending = pending with { From = tile, Expected = expected };
            if (pending.Kind == CommandKind.Move && expected == ResultCode.Ok)
            {
                tile = pending.Target;
                _trail.Add(tile);
            }
        }

        _planned = tile;
        _stale = false;
    }

    private void Trouble(long now) => Volatile.Write(ref _calmFrom, now + Recovery);
}
