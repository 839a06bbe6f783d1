using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Bots;

/// <summary>What a look may show, and what it must.</summary>
public sealed class LookTests
{
    private const string Everything = "move=50,look=30,drop=12,dig=8";

    [Fact]
    public void Look_PlayerWhomNobodyKnows_IsWrong() => Falsify(
        seen => new Sighting { PlayersTotal = 1, Players = new[] { new SeenPlayer("mallory", Eye.X, Eye.Y) } }, "nobody let join");

    [Fact]
    public void Look_PlayerWithANumberBeyondTheBots_IsWrong() => Falsify(
        seen => new Sighting { PlayersTotal = 1, Players = new[] { new SeenPlayer("bot-00099", Eye.X, Eye.Y) } }, "nobody let join");

    [Fact]
    public void Look_OneselfInSight_IsWrong() => Falsify(
        seen => new Sighting { PlayersTotal = 1, Players = new[] { new SeenPlayer("bot-00000", Eye.X, Eye.Y) } }, "the looking player");

    [Fact]
    public void Look_PlayerOutOfSight_IsWrong() => Falsify(
        seen => new Sighting { PlayersTotal = 1, Players = new[] { new SeenPlayer("bot-00001", (ushort)(Eye.X + 9), Eye.Y) } }, "not in sight");

    [Fact]
    public void Look_PlayerWhereTheyHaveNotBeen_IsWrong()
    {
        var hunt = new FakeHunt(2, "look=1");
        var far = hunt.Map.IsOpen(0, 0) && hunt.Bots[1].MayBeAt(Tile.At(0, 0), 0) ? Tile.At(1, 0) : Tile.At(0, 0);
        hunt.Put(0, far);
        var bot = new Bot(hunt.Model, Only("look"), hunt.Record, 0);
        bot.Join(FakeHunt.SessionOf(0), far, 0);
        hunt.Model.Know([bot, hunt.Bots[1]]);
        bot.Plan(new Command[1], 0);

        bot.Take(1, Answer.Saw(new Sighting { PlayersTotal = 1, Players = new[] { new SeenPlayer("bot-00001", far.X, far.Y) } }), 1);

        Assert.Contains("have not been lately", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_ClueThatNobodyWrote_IsWrong() => Falsify(
        seen => new Sighting { CluesTotal = 1, Clues = new[] { new SeenClue(Eye.X, Eye.Y, "bot-00001", "gold here #0") } }, "never wrote");

    [Fact]
    public void Look_ClueOnAnotherTileThanItsOwn_IsWrong() => Falsify(
        seen => new Sighting { CluesTotal = 1, Clues = new[] { new SeenClue(Eye.X, Eye.Y, "bot-00001", ClueTexts.For(3, 1, 0)) } }, "never wrote");

    [Fact]
    public void Look_ClueOfAStranger_IsWrong() => Falsify(
        seen => new Sighting { CluesTotal = 1, Clues = new[] { new SeenClue(Eye.X, Eye.Y, "mallory", "hello #1") } }, "nobody let join");

    [Fact]
    public void Look_HoleWhereNothingWasBuried_IsWrong()
    {
        var hunt = new FakeHunt(1, "look=1", rules: new Veltrix.World.Rules.HuntRules { TreasuresPerThousand = 0 });
        var eye = hunt.StandsOn(0);

        hunt.Step(0, (_, _) => Answer.Saw(new Sighting { MarksTotal = 1, Marks = new[] { new SeenMark(eye.X, eye.Y) } }));

        Assert.Contains("nothing was buried", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_HoleOfATreasureThatNobodyClaims_IsWrongAtTheEnd()
    {
        var hunt = new FakeHunt(1, "look=1", rules: new Veltrix.World.Rules.HuntRules { TreasuresPerThousand = 1000 });
        var eye = hunt.StandsOn(0);

        hunt.Step(0, (_, _) => Answer.Saw(new Sighting { MarksTotal = 1, Marks = new[] { new SeenMark(eye.X, eye.Y) } }));

        Assert.Equal(0, hunt.Record.Wrongs);
        Assert.Contains("nobody has claimed it", Assert.Single(hunt.Model.Treasury.Unexplained()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(0, 1)]
    [InlineData(70, 1)]
    public void Look_CountThatDoesNotFitTheList_IsWrong(int total, int listed)
    {
        var hunt = new FakeHunt(1, "look=1");
        var eye = hunt.StandsOn(0);

        hunt.Step(0, (_, _) => Answer.Saw(new Sighting { MarksTotal = total, Marks = Enumerable.Repeat(new SeenMark(eye.X, eye.Y), listed).ToArray() }));

        Assert.Contains($"counts {total}", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_NotNearestFirst_IsWrong()
    {
        var hunt = new FakeHunt(1, "look=1", rules: new Veltrix.World.Rules.HuntRules { TreasuresPerThousand = 1000 }, map: Plain);
        var eye = hunt.StandsOn(0);
        var next = Tile.At(eye.X == 0 ? 1 : eye.X - 1, eye.Y);

        hunt.Step(0, (_, _) => Answer.Saw(new Sighting { MarksTotal = 2, Marks = new[] { new SeenMark(next.X, next.Y), new SeenMark(eye.X, eye.Y) } }));

        Assert.Contains("listed after", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_WithoutTheOwnClue_IsWrong()
    {
        // One look in four is held against the own clues.
        var hunt = new FakeHunt(1, "look=50,drop=50");
        for (var i = 0; i < 40; i++)
        {
            hunt.Step(0, (command, answer) => command.Kind == CommandKind.Look ? Answer.Saw(Sighting.Nothing) : answer);
        }

        Assert.Contains("own clue", hunt.Record.FirstWrongs.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_WithoutTheOwnHole_IsWrong()
    {
        var hunt = new FakeHunt(1, "look=50,dig=50", rules: new Veltrix.World.Rules.HuntRules { TreasuresPerThousand = 1000 });
        for (var i = 0; i < 40; i++)
        {
            hunt.Step(0, (command, answer) => command.Kind == CommandKind.Look ? Answer.Saw(Sighting.Nothing) : answer);
        }

        Assert.Contains("own hole", hunt.Record.FirstWrongs.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_ManyPlayersAndCluesOnOneSpot_IsRightThoughListsAreCut()
    {
        var hunt = new FakeHunt(120, Everything, map: "....\n....\n....");
        for (var step = 0; step < 6000; step++)
        {
            hunt.Step(step % hunt.Bots.Length, now: step * 2_000_000L);
        }

        Assert.Empty(hunt.Record.FirstWrongs);
    }

    [Fact]
    public void Look_ClueThatWasRefused_IsWrong()
    {
        var hunt = new FakeHunt(2, Everything);
        var refused = default(Command);
        hunt.StepUntil(
            1,
            (command, answer) => command.Kind == CommandKind.DropClue && answer.Result == ResultCode.Ok,
            (command, answer) =>
            {
                refused = command;
                return answer;
            });

        Assert.True(ClueTexts.TryCount(refused.Text!, out var count));
        Assert.True(hunt.Bots[1].MayHaveDropped(count, new Tile(refused.X, refused.Y), 0));
        Assert.False(hunt.Bots[1].MayHaveDropped(count, new Tile((ushort)(refused.X + 1), refused.Y), 0));
        Assert.False(hunt.Bots[1].MayHaveDropped(count + 1, new Tile(refused.X, refused.Y), 0));
    }

    private const string Plain = ".....\n.....\n.....";

    // A bot alone on an open map, whose place the falsified look needs to know.
    private static Tile Eye => new FakeHunt(2, "look=1").StandsOn(0);

    private static Commands.Swarm.Load.Mix Only(string kind)
    {
        Assert.Null(Mix.Problem($"{kind}=1", out var mix));
        return mix!;
    }

    private static void Falsify(Func<Sighting, Sighting> falsify, string said)
    {
        var hunt = new FakeHunt(2, "look=1");
        hunt.Step(0, (_, answer) => Answer.Saw(falsify(answer.Seen!)));

        Assert.Contains(said, Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }
}
