using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;

namespace Veltrix.Grains.Tests;

public sealed class SmokeTests(GrainsCluster cluster) : IClassFixture<GrainsCluster>
{
    [Fact]
    public async Task Player_PlaysAMixedFrame_GetsEveryAnswerInOrder()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);

        var reply = await player.PlayAsync(
            new PlayerCommand(CommandKind.Dig, treasure.Tile),
            new PlayerCommand(CommandKind.DropClue, treasure.Tile, "Nothing left here"),
            new PlayerCommand(CommandKind.Look),
            new PlayerCommand(CommandKind.Dig, treasure.Tile),
            new PlayerCommand(CommandKind.Where));

        Assert.Equal([CommandResult.Ok, CommandResult.Ok, CommandResult.Ok, CommandResult.Taken, CommandResult.Ok], reply.Answers.Select(a => a.Result));
        Assert.Equal(treasure.Points, reply.Answers[0].Points);
        Assert.Equal((0, 1, 1), (reply.Answers[2].Seen!.PlayerCount, reply.Answers[2].Seen!.ClueCount, reply.Answers[2].Seen!.MarkCount));
        Assert.Equal(treasure.Points, reply.Answers[4].Points);
    }
}
