using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Tests.Regions;

public sealed class RegionGrainTests(GrainsCluster cluster)
{
    private static readonly PlayerCommand Look = new(CommandKind.Look);

    [Fact]
    public async Task Look_NearACorner_SeesFourRegionsAsOne()
    {
        var hunt = await cluster.NewHuntAsync();
        var looker = await hunt.JoinAsync("ada", new Tile(15, 15));
        foreach (var (name, tile) in new[] { ("nw", new Tile(14, 14)), ("ne", new Tile(16, 15)), ("sw", new Tile(15, 17)), ("se", new Tile(19, 19)) })
        {
            var other = await hunt.JoinAsync(name, tile);
            await other.PlayAsync(new PlayerCommand(CommandKind.DropClue, tile, name));
        }

        var seen = (await looker.DoAsync(Look)).Seen!;

        Assert.Equal((4, 4), (seen.PlayerCount, seen.ClueCount));
        Assert.Equal(["ne", "nw", "sw", "se"], seen.Players.Select(player => player.Player.Value));
        Assert.Equal(["ne", "nw", "sw", "se"], seen.Clues.Select(clue => clue.Text));
    }

    [Fact]
    public async Task Look_OverTheMapsEdge_SeesWhatIsThere()
    {
        var hunt = await cluster.NewHuntAsync(TestMaps.Open(40, 24));
        var looker = await hunt.JoinAsync("ada", new Tile(39, 23));
        await hunt.JoinAsync("bob", new Tile(38, 23));

        Assert.Equal(1, (await looker.DoAsync(Look)).Seen!.PlayerCount);
    }

    [Fact]
    public async Task Move_OverABorder_IsInOneRegionOnly()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(14, 8));

        await player.PlayAsync(Move(15, 8), Move(17, 8), Move(18, 8), Move(15, 8), Move(17, 8));

        Assert.Empty((await hunt.Region(new Tile(15, 8)).WatchAsync(new NoWatcher().In(cluster))).Players);
        Assert.Equal(
            [new SeenPlayer(player.Id, new Tile(17, 8))], (await hunt.Region(new Tile(17, 8)).WatchAsync(new NoWatcher().In(cluster))).Players);
    }

    [Fact]
    public async Task Depart_ThatComesLate_ChangesNothing()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(14, 8));
        await player.PlayAsync(Move(17, 8), Move(15, 8));

        await hunt.Region(new Tile(15, 8)).DepartAsync(player.Id, new OperationId(player.Session, 1));

        Assert.Single((await hunt.Region(new Tile(15, 8)).WatchAsync(new NoWatcher().In(cluster))).Players);
    }

    [Fact]
    public async Task Region_Restarted_KnowsClaimsAndCluesAndLearnsWhoStandsThere()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        var other = await hunt.JoinAsync("bob", treasure.Tile);
        await player.PlayAsync(new PlayerCommand(CommandKind.Dig, treasure.Tile), new PlayerCommand(CommandKind.DropClue, treasure.Tile, "Gone"));
        var appends = cluster.Ledger.Appends(hunt.Id);

        await hunt.Region(treasure.Tile).DeactivateAsync();
        Assert.Equal(CommandResult.Taken, (await other.DoAsync(new PlayerCommand(CommandKind.Dig, treasure.Tile))).Result);
        var seen = (await player.DoAsync(Look)).Seen!;

        Assert.Equal((1, 1, 1), (seen.PlayerCount, seen.ClueCount, seen.MarkCount));
        Assert.Equal("Gone", seen.Clues[0].Text);
        Assert.Equal(appends, cluster.Ledger.Appends(hunt.Id));
    }

    [Fact]
    public async Task Apply_Repeat_GetsTheSameOutcomesAndAddsNothing()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var region = hunt.Region(treasure.Tile);
        var request = new RegionRequest(
            new PlayerId("ada"),
            hunt.NewSession(),
            [new RegionStep(1, CommandKind.Dig, treasure.Tile), new RegionStep(2, CommandKind.DropClue, treasure.Tile, "x")],
            new Standpoint(2, treasure.Tile));

        var first = await region.ApplyAsync(request);
        var again = await region.ApplyAsync(request);
        await region.DeactivateAsync();
        var later = await region.ApplyAsync(request);

        Assert.Equal([false, false], first.Select(outcome => outcome.Repeated));
        Assert.Equal(first, again.Select(outcome => outcome with { Repeated = false }));
        Assert.Equal(first, later.Select(outcome => outcome with { Repeated = false }));
        Assert.Equal((1, 2), ((await region.WatchAsync(new NoWatcher().In(cluster))).Clues, cluster.Ledger.Entries(hunt.Id).Length));
    }

    [Fact]
    public async Task Apply_DigTwiceInOneRequest_TheSecondSeesTheFirst()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var outcomes = await hunt.Region(treasure.Tile).ApplyAsync(new RegionRequest(
            new PlayerId("ada"),
            hunt.NewSession(),
            [new RegionStep(1, CommandKind.Dig, treasure.Tile), new RegionStep(2, CommandKind.Dig, treasure.Tile)],
            Stands: null));

        Assert.Equal([CommandResult.Ok, CommandResult.Taken], outcomes.Select(outcome => outcome.Result));
        Assert.Equal(1, cluster.Ledger.Appends(hunt.Id));
    }

    [Fact]
    public async Task Look_MoreThanTheLists_CountsAllAndListsTheNearest()
    {
        var hunt = await cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        for (var i = 0; i < 100; i++)
        {
            await region.ArriveAsync(new PlayerId($"p{i:00}"), new OperationId(hunt.NewSession(), 0), Tile.At(i % 10, 8));
        }

        var seen = await region.LookAsync(new PlayerId("p00"), Sight.From(hunt.Map, new Tile(0, 8), 8));

        Assert.Equal((89, 64), (seen.PlayerCount, seen.Players.Length));
        Assert.Equal("p10", seen.Players[0].Player.Value);
    }

    [Fact]
    public async Task Region_OutsideOfTheMap_IsRefused()
    {
        var hunt = await cluster.NewHuntAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await cluster.Grains.Region(hunt.Id, 16).DepartAsync(new PlayerId("ada"), new OperationId(hunt.NewSession(), 1)));
    }

    private static PlayerCommand Move(int x, int y) => new(CommandKind.Move, Tile.At(x, y));
}
