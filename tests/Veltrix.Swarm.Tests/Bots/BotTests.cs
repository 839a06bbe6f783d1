using Veltrix.Commands.Swarm.Bots;
using Veltrix.Protocol;

namespace Veltrix.Swarm.Tests.Bots;

public sealed class BotTests
{
    private const string Everything = "move=60,look=20,drop=8,dig=8,where=4";

    [Fact]
    public void Plan_SameSeed_GivesTheSameCommands()
    {
        Assert.Equal(Commands(new FakeHunt(2, Everything).Bots[1], 500), Commands(new FakeHunt(2, Everything).Bots[1], 500));
        Assert.NotEqual(Commands(new FakeHunt(2, Everything).Bots[0], 500), Commands(new FakeHunt(2, Everything).Bots[1], 500));
    }

    [Fact]
    public void Plan_WithAndWithoutAnswers_GivesTheSameCommands()
    {
        var (answered, unanswered) = (new FakeHunt(1, Everything), new FakeHunt(1, Everything));
        var steps = Enumerable.Range(0, 500).Select(_ => answered.Step(0).Command).ToList();

        Assert.Equal(steps, Commands(unanswered.Bots[0], 500));
        Assert.Equal(500, unanswered.Bots[0].Outstanding);
        Assert.Equal(0, answered.Bots[0].Outstanding);
    }

    [Fact]
    public void Plan_AnyCommand_IsWithinReachOfTheMapAndItsTextFitsTheProtocol()
    {
        var hunt = new FakeHunt(1, Everything);
        for (var i = 0; i < 2000; i++)
        {
            var (command, answer) = hunt.Step(0);
            Assert.True(hunt.Map.Contains(command.X, command.Y));
            Assert.NotEqual(ResultCode.TooFar, answer.Result);
            Assert.True(command.Kind != CommandKind.DropClue || ClueText.IsAcceptable(command.Text));
        }
    }

    [Fact]
    public void Scored_AcknowledgedDigsAndClues_AreListedWithTheirSequences()
    {
        var hunt = new FakeHunt(1, "drop=50,dig=50");
        var expected = new List<Scored>();
        for (var i = 1; i <= 200; i++)
        {
            var (command, answer) = hunt.Step(0);
            if (answer.Result == ResultCode.Ok)
            {
                expected.Add(new Scored((ulong)i, answer.Points, command.Kind == CommandKind.Dig ? (int)answer.Treasure : -1));
            }
        }

        Assert.Equal(expected, hunt.Bots[0].Scored);
        Assert.Equal(expected.Sum(scored => scored.Points), hunt.Bots[0].Points);
        Assert.Contains(expected, scored => scored.Treasure >= 0);
        Assert.Contains(expected, scored => scored.Treasure < 0);
    }

    [Fact]
    public void Rest_UnansweredCommands_AreWhatIsLeftAfterTheAnswers()
    {
        var hunt = new FakeHunt(1, "where=1");
        hunt.Step(0);
        hunt.Bots[0].Plan(new Command[3], due: 77);

        Assert.Equal(3, hunt.Bots[0].Rest().Length);
        Assert.All(hunt.Bots[0].Rest(), rest => Assert.Equal(77, rest.Due));
        Assert.Equal(2UL, hunt.Bots[0].FirstUnanswered);
    }

    private static List<Command> Commands(Bot bot, int count)
    {
        var frame = new Command[count];
        bot.Plan(frame, 0);
        return [.. frame];
    }
}
