using Veltrix.Commands.Swarm.Audit;
using Veltrix.Swarm.Tests.Bots;

namespace Veltrix.Swarm.Tests.Audit;

public sealed class BoardCheckTests
{
    private readonly FakeHunt _hunt = new(3, "move=50,dig=50");
    private readonly List<string> _wrong = [];

    public BoardCheckTests()
    {
        for (var i = 0; i < 300; i++)
        {
            _hunt.Step(i % 3);
        }

        Assert.All(_hunt.Bots, bot => Assert.True(bot.Points > 0));
    }

    [Fact]
    public void Run_BoardAsAcknowledged_HasNothingToSay()
    {
        BoardCheck.Run(Board(), _hunt.Bots, _wrong.Add);

        Assert.Empty(_wrong);
    }

    [Fact]
    public void Run_OtherTotal_IsWrong()
    {
        var board = Board();
        board[2] = board[2] with { Points = board[2].Points - 1 };

        BoardCheck.Run(board, _hunt.Bots, _wrong.Add);

        Assert.Contains(board[2].Player, Assert.Single(_wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PlayerMissing_IsWrong()
    {
        BoardCheck.Run(Board()[..2], _hunt.Bots, _wrong.Add);

        Assert.Contains("with 0 points", Assert.Single(_wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PlayerTwiceOrOutOfOrderOrSharedRank_IsWrong()
    {
        var board = Board();
        board.Add(board[0] with { Rank = 3 });

        BoardCheck.Run(board, _hunt.Bots, _wrong.Add);

        Assert.Equal(3, _wrong.Count);
    }

    private List<BoardLine> Board() =>
        [.. _hunt.Bots.OrderByDescending(bot => bot.Points).Select((bot, index) => new BoardLine(index + 1, bot.Name, bot.Points))];
}
