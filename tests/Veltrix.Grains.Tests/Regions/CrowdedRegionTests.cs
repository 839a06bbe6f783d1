using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Regions;

/// <summary>A cluster whose regions hold one player: a second one is turned away at the border.</summary>
public sealed class CrowdedRegionTests : IAsyncLifetime
{
    private readonly GrainsCluster _cluster = new() { RegionPlayers = 1 };

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Move_IntoAFullRegion_IsBusyAndStaysInPlace()
    {
        var hunt = await _cluster.NewHuntAsync();
        await hunt.JoinAsync("bob", new Tile(17, 8));
        var ada = await hunt.JoinAsync("ada", new Tile(14, 8));

        var reply = await ada.PlayAsync(
            new PlayerCommand(CommandKind.Move, new Tile(17, 8)),
            new PlayerCommand(CommandKind.Where),
            new PlayerCommand(CommandKind.Move, new Tile(15, 8)));

        Assert.Equal([CommandResult.Busy, CommandResult.Ok, CommandResult.Ok], reply.Answers.Select(a => a.Result));
        Assert.Equal(250, reply.Answers[0].RetryMilliseconds);
        Assert.Equal(new Tile(14, 8), reply.Answers[1].Tile);
        Assert.Equal(
            [new SeenPlayer(ada.Id, new Tile(15, 8))], (await hunt.Region(new Tile(15, 8)).WatchAsync(new NoWatcher().In(_cluster))).Players);
        Assert.Single((await hunt.Region(new Tile(17, 8)).WatchAsync(new NoWatcher().In(_cluster))).Players);
    }

    [Fact]
    public async Task Walk_OfAStrangerInAFullRegion_IsNotShown()
    {
        var hunt = await _cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        var region = hunt.Region(new Tile(8, 8));

        await region.WalkAsync(new PlayerId("eve"), new OperationId(hunt.NewSession(), 1), new Tile(9, 8));

        Assert.Equal([new SeenPlayer(ada.Id, new Tile(8, 8))], (await region.WatchAsync(new NoWatcher().In(_cluster))).Players);
    }
}
