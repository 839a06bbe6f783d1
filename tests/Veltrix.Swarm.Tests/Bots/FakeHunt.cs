using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Commands.Swarm.Model;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;
using Veltrix.World.Sights;
using Veltrix.World.Tests;

namespace Veltrix.Swarm.Tests.Bots;

/// <summary>
/// A hunt that is played without a server: answers are made as the rules of the real one say, from the server's own code where it
/// exists, and may be falsified before a bot gets them.
/// </summary>
internal sealed class FakeHunt
{
    public const string DefaultMap =
        """
        ..............................
        ....###.......................
        ....#.#.......tt..............
        ....###.......................
        ..........~~~.................
        ..........~~~..........##.....
        .......................##.....
        ..............................
        ......###.....................
        ..............................
        ..............................
        ..............................
        """;

    private readonly Tile[] _stands;
    private readonly long[] _points;
    private readonly ulong[] _sequences;
    private readonly HashSet<int> _claimed = [];
    private readonly List<SeenClue> _clues = [];
    private readonly List<SeenMark> _marks = [];

    public FakeHunt(int players, string mix = Mix.Default, string map = DefaultMap, HuntRules? rules = null, bool alone = true)
    {
        Map = Drawing.Map(map.ReplaceLineEndings("\n").Split('\n'));
        Rules = rules ?? new HuntRules { TreasuresPerThousand = 400 };
        Model = new HuntModel(Map, Rules, huntSeed: 7, seed: 3, "bot-", alone);
        Assert.Null(Mix.Problem(mix, out var parsed));
        Record.Measure(0, long.MaxValue);
        Bots = [.. Enumerable.Range(0, players).Select(index => new Bot(Model, parsed!, Record, index))];
        Model.Know(Bots);
        (_stands, _points, _sequences) = (new Tile[players], new long[players], new ulong[players]);
        foreach (var bot in Bots)
        {
            _stands[bot.Index] = Spawns.For(Map, 7, bot.Name);
            bot.Join(SessionOf(bot.Index), _stands[bot.Index], 0);
        }
    }

    public TileMap Map { get; }

    public HuntRules Rules { get; }

    public HuntModel Model { get; }

    public RunRecord Record { get; } = new();

    public Bot[] Bots { get; }

    public static string SessionOf(int bot) => $"{bot + 1:x32}";

    public Tile StandsOn(int bot) => _stands[bot];

    public void Put(int bot, Tile tile) => _stands[bot] = tile;

    /// <summary>The bot's next command, answered rightly but for what <paramref name="falsify"/> makes of it.</summary>
    public (Command Command, Answer Answer) Step(int bot, Func<Command, Answer, Answer>? falsify = null, long now = 0)
    {
        var frame = new Command[1];
        Bots[bot].Plan(frame, due: now);
        Record.SentFrame(1, now, now);
        var answer = AnswerTo(bot, frame[0]);
        answer = falsify?.Invoke(frame[0], answer) ?? answer;
        Bots[bot].Take(++_sequences[bot], answer, arrived: now + Nanoseconds.PerMillisecond);
        return (frame[0], answer);
    }

    /// <summary>Steps until a command and its right answer are such; that one is falsified.</summary>
    public void StepUntil(int bot, Func<Command, Answer, bool> such, Func<Command, Answer, Answer> falsify)
    {
        for (var i = 0; i < 20_000; i++)
        {
            var met = false;
            Step(bot, (command, answer) => (met = such(command, answer)) ? falsify(command, answer) : answer);
            if (met)
            {
                return;
            }
        }

        Assert.Fail("No command of the kind that the test waits for came in 20,000 steps.");
    }

    /// <summary>What the real server would answer.</summary>
    public Answer AnswerTo(int bot, in Command command)
    {
        var target = new Tile(command.X, command.Y);
        switch (command.Kind)
        {
            case CommandKind.Move:
                var verdict = Movement.Judge(Map, _stands[bot], target, Rules.Reach, out _);
                if (verdict == MoveVerdict.Ok)
                {
                    _stands[bot] = target;
                    return Answer.Moved(target.X, target.Y);
                }

                return Answer.Of(command.Kind, verdict switch
                {
                    MoveVerdict.Blocked => ResultCode.Blocked,
                    MoveVerdict.TooFar => ResultCode.TooFar,
                    _ => ResultCode.Unreachable,
                });
            case CommandKind.DropClue when Refusal(bot, target) is { } refusal:
                return Answer.Of(command.Kind, refusal);
            case CommandKind.DropClue:
                _clues.Add(new SeenClue(target.X, target.Y, Bots[bot].Name, command.Text!));
                return Answer.Of(command.Kind, ResultCode.Ok);
            case CommandKind.Dig when Refusal(bot, target) is { } refusal:
                return Answer.Of(command.Kind, refusal);
            case CommandKind.Dig:
                if (!Model.Treasury.Plan.TryFind(target, out var treasure))
                {
                    return Answer.Of(command.Kind, ResultCode.Empty);
                }

                if (!_claimed.Add(treasure.Id))
                {
                    return Answer.Of(command.Kind, ResultCode.Taken);
                }

                _points[bot] += treasure.Points;
                _marks.Add(new SeenMark(target.X, target.Y));
                return Answer.Dug(treasure.Points, (uint)treasure.Id);
            case CommandKind.Where:
                return Answer.Standing(_stands[bot].X, _stands[bot].Y, _points[bot]);
            default:
                return Answer.Saw(See(bot));
        }
    }

    private Sighting See(int bot)
    {
        var eye = _stands[bot];
        var sight = Sight.From(Map, eye, Rules.SightRadius);
        bool Sees(ushort x, ushort y) => sight.Sees(new Tile(x, y));
        int Far(ushort x, ushort y) => eye.SquaredDistanceTo(new Tile(x, y));
        var players = Bots.Where(other => other.Index != bot)
            .Select(other => new SeenPlayer(other.Name, _stands[other.Index].X, _stands[other.Index].Y))
            .Where(seen => Sees(seen.X, seen.Y)).OrderBy(seen => Far(seen.X, seen.Y)).ToArray();
        var clues = _clues.Where(seen => Sees(seen.X, seen.Y)).OrderBy(seen => Far(seen.X, seen.Y)).ToArray();
        var marks = _marks.Where(seen => Sees(seen.X, seen.Y)).OrderBy(seen => Far(seen.X, seen.Y)).ToArray();
        return new Sighting
        {
            PlayersTotal = players.Length,
            Players = players.Take(ProtocolLimits.PlayersListed).ToArray(),
            CluesTotal = clues.Length,
            Clues = clues.Take(ProtocolLimits.CluesListed).ToArray(),
            MarksTotal = marks.Length,
            Marks = marks.Take(ProtocolLimits.MarksListed).ToArray(),
        };
    }

    private ResultCode? Refusal(int bot, Tile target)
    {
        if (_stands[bot].StepsTo(target) > Rules.Reach || !Map.Contains(target))
        {
            return ResultCode.TooFar;
        }

        return Map[target].Blocks ? ResultCode.Blocked : null;
    }
}
