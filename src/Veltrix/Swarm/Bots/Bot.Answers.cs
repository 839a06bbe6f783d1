using Veltrix.Commands.Swarm.Model;
using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>What the bot makes of answers: each is held against the model, and the bot goes on from what the server said.</summary>
internal sealed partial class Bot
{
    // One look in four is held against the tiles in sight as well: casting shadows is the dearest of the checks.
    private const int ThoroughEvery = 4;

    private readonly Drops _drops = new();
    private readonly Recent _ownClues = new();
    private readonly Recent _ownFinds = new();
    private int _looks;

    // Commands up to this sequence were sent before the server put the bot elsewhere: what of them was on disk by then stands.
    private ulong _sentBeforeTheFall;

    /// <summary>Takes the answer to the next pending command.</summary>
    /// <param name="sequence">its sequence</param>
    /// <param name="answer">the answer</param>
    /// <param name="arrived">when it arrived, on the swarm's clock</param>
    public void Take(ulong sequence, in Answer answer, long arrived)
    {
        Pending asked;
        string? wrong;
        lock (_gate)
        {
            if (_pending.Count == 0 || sequence != _answered + 1)
            {
                _record.Wrong($"{Name} #{sequence}: an answer to a command that was not the next; that is #{_answered + 1}");
                return;
            }

            asked = _pending.Take();
            _answered = sequence;
            if (answer.Result == ResultCode.Unknown)
            {
                Lose(asked, sequence, arrived);
                return;
            }

            if (arrived - asked.Due > Late)
            {
                Trouble(arrived);
            }

            wrong = answer.Kind != asked.Kind
                ? $"expected an answer to {CommandNames.Of(asked.Kind)}, saw one to {CommandNames.Of(answer.Kind)}"
                : Check(asked, answer, sequence, arrived);
        }

        _record.Answered(Index, sequence, asked, answer.Result, arrived);
        if (wrong is not null)
        {
            _record.Wrong($"{Name} #{sequence} {asked}: {wrong}");
        }
    }

    /// <summary>The server no longer has the answer: what the command did is uncertain until the ledger is read.</summary>
    private void Lose(in Pending asked, ulong sequence, long now)
    {
        Trouble(now);
        _stale = true;
        LostAnswers.Add((sequence, asked));
        if (asked.Kind == CommandKind.Dig && _model.Treasury.Plan.TryFind(asked.Target, out var treasure))
        {
            _uncertain += treasure.Points;
        }

        _record.Lost(asked);
    }

    /// <summary>Commands whose answers will never come, although they may have been carried out.</summary>
    public List<(ulong Sequence, Pending Asked)> LostAnswers { get; } = [];

    private string? Check(in Pending asked, in Answer answer, ulong sequence, long now)
    {
        if (answer.Result is ResultCode.Busy)
        {
            Refused(asked, now);
            return null;
        }

        if (answer.Result is ResultCode.HuntOver && !_model.Alone)
        {
            Refused(asked, now);
            return null;
        }

        var expected = asked.From == _stands ? asked.Expected : _model.Judge(asked.Kind, _stands, asked.Target);
        if (sequence <= _sentBeforeTheFall && asked.Kind is (CommandKind.Dig or CommandKind.DropClue) && answer.Result == ResultCode.Ok)
        {
            // It was recorded from where the bot stood then. That it was, the ledger proves in the end.
            expected = ResultCode.Ok;
        }

        return asked.Kind switch
        {
            CommandKind.Move => CheckMove(asked, answer, expected, now),
            CommandKind.DropClue => CheckDrop(asked, answer, expected, sequence, now),
            CommandKind.Dig => CheckDig(asked, answer, expected, sequence, now),
            CommandKind.Where => CheckWhere(answer),
            _ => CheckLook(answer, now),
        };
    }

    private string? CheckMove(in Pending asked, in Answer answer, ResultCode expected, long now)
    {
        if (answer.Result == ResultCode.TooFast && expected == ResultCode.Ok && _model.SpeedBinds)
        {
            Refused(asked, now);
            return null;
        }

        var reached = new Tile(answer.X, answer.Y);
        string? wrong = null;
        if (answer.Result != expected)
        {
            wrong = $"expected {ResultNames.Of(expected)} from {_stands}, saw {ResultNames.Of(answer.Result)}";
        }
        else if (answer.Result == ResultCode.Ok && reached != asked.Target)
        {
            wrong = $"expected to stand on {asked.Target}, saw {reached}";
        }

        // Whatever was expected, the server decides where the player stands.
        if (answer.Result == ResultCode.Ok)
        {
            _stands = reached;
        }

        _stale |= wrong is not null;
        return wrong;
    }

    private string? CheckDrop(in Pending asked, in Answer answer, ResultCode expected, ulong sequence, long now)
    {
        if (answer.Result == ResultCode.Ok)
        {
            _drops.Add(asked.Clue, asked.Target);
            _ownClues.Add(asked.Target, asked.Clue);
            Score(new Scored(sequence, 0, -1));
        }
        else
        {
            _drops.Remove(asked.Clue);
        }

        return answer.Result == expected
            ? null
            : $"expected {ResultNames.Of(expected)} from {_stands}, saw {ResultNames.Of(answer.Result)}";
    }

    private string? CheckDig(in Pending asked, in Answer answer, ResultCode expected, ulong sequence, long now)
    {
        string? wrong = null;
        var treasury = _model.Treasury;
        var buried = treasury.Plan.TryFind(asked.Target, out var treasure);
        if (expected != ResultCode.Ok)
        {
            wrong = answer.Result == expected ? null : $"expected {ResultNames.Of(expected)} from {_stands}, saw {ResultNames.Of(answer.Result)}";
        }
        else if (!buried)
        {
            wrong = answer.Result == ResultCode.Empty ? null : $"expected empty, saw {ResultNames.Of(answer.Result)}";
        }
        else if (answer.Result == ResultCode.Taken)
        {
            treasury.Owe(treasure.Id, $"{Name} #{sequence} {asked}: was told that treasure {treasure.Id} is taken, but nobody has claimed it");
        }
        else if (answer.Result != ResultCode.Ok)
        {
            wrong = $"expected treasure {treasure.Id} or taken, saw {ResultNames.Of(answer.Result)}";
        }
        else if (answer.Points != treasure.Points || answer.Treasure != (uint)treasure.Id)
        {
            wrong = $"expected {treasure.Points} points for treasure {treasure.Id}, saw {answer.Points} for {answer.Treasure}";
        }
        else if (!treasury.TryClaim(treasure.Id, now, now - asked.Due))
        {
            wrong = $"treasure {treasure.Id} was claimed before, and was claimed again";
        }

        if (answer.Result == ResultCode.Ok)
        {
            Volatile.Write(ref _points, _points + answer.Points);
            _ownFinds.Add(asked.Target, 0);
            Score(new Scored(sequence, answer.Points, (int)answer.Treasure));
        }

        return wrong;
    }

    private string? CheckWhere(in Answer answer)
    {
        if (answer.Result != ResultCode.Ok)
        {
            return $"expected ok, saw {ResultNames.Of(answer.Result)}";
        }

        var tile = new Tile(answer.X, answer.Y);
        if (tile != _stands)
        {
            return $"expected to stand on {_stands}, saw {tile}";
        }

        return answer.Points >= _points && answer.Points <= _points + _uncertain
            ? null
            : $"expected {_points} points, saw {answer.Points}";
    }

    private string? CheckLook(in Answer answer, long now)
    {
        if (answer.Result != ResultCode.Ok)
        {
            return $"expected ok, saw {ResultNames.Of(answer.Result)}";
        }

        var thorough = (_looks++ % ThoroughEvery) == 0;
        return new LookCheck(_model, this, _stands, answer.Seen ?? Sighting.Nothing, now).Problem(thorough, _ownClues, _ownFinds);
    }

    /// <summary>A command was not done although the rules allow it: what was planned behind it starts from elsewhere.</summary>
    private void Refused(in Pending asked, long now)
    {
        Trouble(now);
        _stale = true;
        if (asked.Kind == CommandKind.DropClue)
        {
            _drops.Remove(asked.Clue);
        }
    }

    private void Score(in Scored scored)
    {
        Scored.Add(scored);
        _record.Scored(this, scored);
    }
}
