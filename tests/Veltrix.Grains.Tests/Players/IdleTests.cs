using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;

namespace Veltrix.Grains.Tests.Players;

/// <summary>An idle player's grain leaves memory; who comes back finds all as it was.</summary>
[Collection(ClockCollection.Name)]
public sealed class IdleTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Collected_ComesBack_FindsPlaceAnswersAndPoints()
    {
        var hunt = await _cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        var reply = await player.Grain.PlayAsync(player.Request(
            new PlayerCommand(CommandKind.Dig, treasure.Tile), new PlayerCommand(CommandKind.Look)));
        var management = _cluster.Grains.GetGrain<IManagementGrain>(0);

        await management.ForceActivationCollection(TimeSpan.Zero);

        Assert.Null(await management.GetActivationAddress(player.Grain));
        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 0));
        Assert.Equal((SessionStatus.Playing, 2UL, treasure.Tile, true), (resumed.Status, resumed.Applied, resumed.Tile, resumed.Whole));
        Assert.Equal(reply.Answers[0], resumed.Missed[0]);
        Assert.Equal(1, resumed.Missed[1].Seen!.MarkCount);
        player.Note(reply, 2);
        Assert.Equal(treasure.Points, (await player.DoAsync(new PlayerCommand(CommandKind.Where))).Points);
    }
}
