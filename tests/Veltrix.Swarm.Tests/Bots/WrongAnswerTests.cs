using Veltrix.Commands.Swarm.Load;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Swarm.Tests.Bots;

/// <summary>Right answers pass; each kind of false answer is counted as wrong, once.</summary>
public sealed class WrongAnswerTests
{
    private const string Everything = "move=60,look=20,drop=8,dig=8,where=4";

    [Fact]
    public void Take_LongHuntWithRightAnswers_FindsNothingWrong()
    {
        var hunt = new FakeHunt(20, Everything);
        for (var step = 0; step < 20_000; step++)
        {
            hunt.Step(step % hunt.Bots.Length, now: step * 12_500_000L);
        }

        Assert.Empty(hunt.Record.FirstWrongs);
        Assert.Equal(0, hunt.Record.Wrongs);
        Assert.Equal(20_000, hunt.Record.Acked);
        Assert.Empty(hunt.Model.Treasury.Unexplained());
        Assert.True(hunt.Record.Rejected().Count >= 4, "the hunt was too easy to say anything");
    }

    [Fact]
    public void Take_MoveToAnotherTile_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer is { Result: ResultCode.Ok, X: > 0 },
        (_, answer) => answer with { X = (ushort)(answer.X - 1) },
        "expected to stand on");

    [Fact]
    public void Take_MoveBlockedThatIsOpen_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer.Result == ResultCode.Ok,
        (command, _) => Answer.Of(command.Kind, ResultCode.Blocked),
        "expected ok");

    [Fact]
    public void Take_MoveOntoAWall_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer.Result == ResultCode.Blocked,
        (command, _) => Answer.Moved(command.X, command.Y),
        "expected blocked");

    [Fact]
    public void Take_MoveThroughAWall_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer.Result == ResultCode.Unreachable,
        (command, _) => Answer.Moved(command.X, command.Y),
        "expected unreachable");

    [Fact]
    public void Take_MoveTooFarThatIsNear_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer.Result == ResultCode.Ok,
        (command, _) => Answer.Of(command.Kind, ResultCode.TooFar),
        "expected ok");

    [Fact]
    public void Take_TooFastWhereSpeedNeverBinds_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Move && answer.Result == ResultCode.Ok,
        (command, _) => Answer.Later(command.Kind, ResultCode.TooFast, 100),
        "too-fast");

    [Theory]
    [InlineData(ResultCode.NotStarted)]
    [InlineData(ResultCode.HuntOver)]
    [InlineData(ResultCode.Left)]
    [InlineData(ResultCode.BadText)]
    [InlineData(ResultCode.Unsupported)]
    public void Take_RefusalThatNobodyGaveReasonFor_IsWrong(ResultCode result) => Falsify(
        (command, _) => command.Kind == CommandKind.DropClue,
        (command, _) => Answer.Of(command.Kind, result),
        ResultNames.Of(result));

    [Fact]
    public void Take_ClueOnAWall_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.DropClue && answer.Result == ResultCode.Blocked,
        (command, _) => Answer.Of(command.Kind, ResultCode.Ok),
        "expected blocked");

    [Fact]
    public void Take_EmptyWhereATreasureLies_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
        (command, _) => Answer.Of(command.Kind, ResultCode.Empty),
        "saw empty");

    [Fact]
    public void Take_TreasureWhereNothingLies_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Empty,
        (_, _) => Answer.Dug(5, 1),
        "expected empty");

    [Fact]
    public void Take_TakenWhereNothingLies_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Empty,
        (command, _) => Answer.Of(command.Kind, ResultCode.Taken),
        "expected empty");

    [Fact]
    public void Take_OtherPointsThanBuried_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
        (_, answer) => answer with { Points = answer.Points + 1 },
        "points for treasure");

    [Fact]
    public void Take_OtherTreasureThanBuried_IsWrong() => Falsify(
        (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
        (_, answer) => answer with { Treasure = answer.Treasure + 1 },
        "points for treasure");

    [Fact]
    public void Take_DigThatWasRecordedBeforeAFallBack_IsRight()
    {
        var hunt = new FakeHunt(1, "move=50,dig=50");
        hunt.StepUntil(
            0,
            (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
            (command, answer) =>
            {
                hunt.Bots[0].Relocate(new Tile(command.X < 15 ? (ushort)29 : (ushort)0, 11), now: 0);
                return answer;
            });

        Assert.Empty(hunt.Record.FirstWrongs);
    }

    [Fact]
    public void Take_TreasureThatWasClaimedBefore_IsWrong()
    {
        var hunt = new FakeHunt(2, "move=50,dig=50");
        hunt.StepUntil(
            0,
            (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Taken,
            (command, _) =>
            {
                Assert.True(hunt.Model.Treasury.Plan.TryFind(new Tile(command.X, command.Y), out var treasure));
                return Answer.Dug(treasure.Points, (uint)treasure.Id);
            });

        Assert.Contains("claimed again", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_TakenThatNobodyClaimed_IsWrongAtTheEnd()
    {
        var hunt = new FakeHunt(2, "move=50,dig=50");
        hunt.StepUntil(
            0,
            (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
            (command, _) => Answer.Of(command.Kind, ResultCode.Taken));

        Assert.Equal(0, hunt.Record.Wrongs);
        Assert.Contains("nobody has claimed it", Assert.Single(hunt.Model.Treasury.Unexplained()), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_TakenBeforeTheWinnersAnswerIsHere_IsRight()
    {
        var hunt = new FakeHunt(2, "move=50,dig=50");
        var taken = -1;
        hunt.StepUntil(
            0,
            (command, answer) => command.Kind == CommandKind.Dig && answer.Result == ResultCode.Ok,
            (command, answer) =>
            {
                taken = (int)answer.Treasure;
                return Answer.Of(command.Kind, ResultCode.Taken);
            });
        hunt.Model.Treasury.Found(taken);

        Assert.Equal(0, hunt.Record.Wrongs);
        Assert.Empty(hunt.Model.Treasury.Unexplained());
    }

    [Fact]
    public void Take_WhereOnAnotherTile_IsWrong() => Falsify(
        (command, _) => command.Kind == CommandKind.Where,
        (_, answer) => answer with { X = (ushort)(answer.X + 1) },
        "expected to stand on");

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Take_WhereWithOtherPoints_IsWrong(int more) => Falsify(
        (command, _) => command.Kind == CommandKind.Where,
        (_, answer) => answer with { Points = answer.Points + more },
        "points, saw");

    [Fact]
    public void Take_AnswerToAnotherCommand_IsWrong() => Falsify(
        (command, _) => command.Kind == CommandKind.Look,
        (_, _) => Answer.Of(CommandKind.Dig, ResultCode.Empty),
        "expected an answer to look");

    [Fact]
    public void Take_SequenceLeftOut_IsWrong()
    {
        var hunt = new FakeHunt(1, "where=1");
        var frame = new Command[2];
        hunt.Bots[0].Plan(frame, 0);

        hunt.Bots[0].Take(2, hunt.AnswerTo(0, frame[1]), 1);

        Assert.Contains("not the next", Assert.Single(hunt.Record.FirstWrongs), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_AnswerTwice_IsWrong()
    {
        var hunt = new FakeHunt(1, "where=1");
        hunt.Step(0);

        hunt.Bots[0].Take(1, hunt.AnswerTo(0, Command.Where), 1);

        Assert.Equal(1, hunt.Record.Wrongs);
    }

    [Fact]
    public void Take_Busy_IsNotWrongAndTheBotGoesOnFromWhereItStands()
    {
        var hunt = new FakeHunt(3, Everything);
        for (var step = 0; step < 2000; step++)
        {
            // Every seventh command is refused, and its effect taken back.
            var (bot, before) = (step % 3, hunt.StandsOn(step % 3));
            hunt.Step(
                bot,
                (command, answer) =>
                {
                    if (step % 7 != 0 || command.Kind != CommandKind.Move)
                    {
                        return answer;
                    }

                    hunt.Put(bot, before);
                    return Answer.Later(command.Kind, ResultCode.Busy, 50);
                });
        }

        Assert.Empty(hunt.Record.FirstWrongs);
        Assert.True(hunt.Record.Rejected()["busy"] > 100);
    }

    [Fact]
    public void Take_BusyWhileMoreIsUnderWay_JudgesWhatFollowsFromThere()
    {
        var hunt = new FakeHunt(1, "move=1");
        var spawn = hunt.StandsOn(0);
        var frame = new Command[8];
        hunt.Bots[0].Plan(frame, 0);
        for (var i = 0; i < frame.Length; i++)
        {
            var answer = i == 0 ? Answer.Later(CommandKind.Move, ResultCode.Busy, 50) : hunt.AnswerTo(0, frame[i]);
            hunt.Bots[0].Take((ulong)i + 1, answer, 1);
        }

        hunt.Bots[0].Plan(frame, 0);
        for (var i = 0; i < frame.Length; i++)
        {
            hunt.Bots[0].Take((ulong)i + 9, hunt.AnswerTo(0, frame[i]), 1);
        }

        Assert.Empty(hunt.Record.FirstWrongs);
        Assert.True(hunt.Map.Contains(spawn));
    }

    [Fact]
    public void Relocate_AnswersAreLost_GoesOnFromTheSnapshotAndCountsThemAsUnanswered()
    {
        var hunt = new FakeHunt(1, "move=90,where=10");
        var frame = new Command[8];
        var spawn = hunt.StandsOn(0);
        hunt.Bots[0].Plan(frame, 0);
        hunt.Record.SentFrame(8, 0, 0);

        // The server had done four of them, fell back to the spawn, and will do the others from there.
        hunt.Bots[0].Relocate(spawn, 1);
        for (var i = 0; i < frame.Length; i++)
        {
            var answer = i < 4 ? Answer.Of(frame[i].Kind, ResultCode.Unknown) : hunt.AnswerTo(0, frame[i]);
            hunt.Bots[0].Take((ulong)i + 1, answer, 1);
        }

        hunt.Bots[0].Plan(frame, 0);
        hunt.Record.SentFrame(8, 0, 0);
        for (var i = 0; i < frame.Length; i++)
        {
            hunt.Bots[0].Take((ulong)i + 9, hunt.AnswerTo(0, frame[i]), 1);
        }

        Assert.Empty(hunt.Record.FirstWrongs);
        Assert.Equal(4, hunt.Record.LostAnswers);
        Assert.Equal(12, hunt.Record.Acked);
        Assert.Equal(0, hunt.Record.Outstanding);
    }

    [Fact]
    public void Take_RespawnedTreasureTooSoon_IsWrongAndLaterRight()
    {
        var hunt = new FakeHunt(2, "dig=1", rules: new HuntRules { TreasuresPerThousand = 1000, RespawnSeconds = 60 });
        var treasury = hunt.Model.Treasury;

        Assert.True(treasury.TryClaim(0, 0, 0));
        Assert.False(treasury.TryClaim(0, 30 * Nanoseconds.PerSecond, 0));
        Assert.True(treasury.TryClaim(0, 95 * Nanoseconds.PerSecond, 0));
    }

    private static void Falsify(Func<Command, Answer, bool> such, Func<Command, Answer, Answer> falsify, string said)
    {
        var hunt = new FakeHunt(2, Everything);
        hunt.StepUntil(0, such, falsify);

        var wrong = Assert.Single(hunt.Record.FirstWrongs);
        Assert.Equal(1, hunt.Record.Wrongs);
        Assert.StartsWith("bot-00000 #", wrong, StringComparison.Ordinal);
        Assert.Contains(said, wrong, StringComparison.Ordinal);
    }
}
