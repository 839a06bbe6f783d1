using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;

namespace Veltrix.Grains.Tests;

/// <summary>Two silos: what a grain knows goes with it from one to the other.</summary>
public sealed class MovingTests : IAsyncLifetime
{
    private static readonly PlayerCommand Look = new(CommandKind.Look);
    private static readonly PlayerCommand Where = new(CommandKind.Where);

    private readonly GrainsCluster _cluster = new() { Silos = 2 };

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Player_WhoStaysInARegion_FollowsItWithEveryAnswerAndWithoutTheDisk()
    {
        var hunt = await _cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        var first = new PlayRequest(ada.Session, 1, 0, [new PlayerCommand(CommandKind.Move, new Tile(9, 8)), Look], ada.Last);
        var answers = (await ada.Grain.PlayAsync(first)).Answers;
        var saves = _cluster.Checkpoints.Saves(hunt.Id, ada.Id);

        var target = SendToTheOther(ada.Grain);
        var asked = 2UL;
        while (!target.Equals(_cluster.HostOf(ada.Grain)))
        {
            Assert.InRange(asked, 2UL, 60UL);
            Assert.Equal(SessionStatus.Playing, (await ada.Grain.PlayAsync(new PlayRequest(ada.Session, ++asked, 0, [Where], default))).Status);
        }

        // Nobody tells it where it was: neither disk nor caller.
        var again = await ada.Grain.PlayAsync(first with { Last = default });
        Assert.Equal(answers[0], again.Answers[0]);
        Assert.Equal(answers[1].Tile, again.Answers[1].Tile);
        Assert.Equal(saves, _cluster.Checkpoints.Saves(hunt.Id, ada.Id));
        Assert.Equal(SessionStatus.Playing, (await ada.Grain.PlayAsync(new PlayRequest(ada.Session, asked + 1, 0, [Where], default))).Status);
        Assert.Equal(SessionStatus.Gap, (await ada.Grain.PlayAsync(new PlayRequest(ada.Session, asked + 3, 0, [Where], default))).Status);
    }

    [Fact]
    public async Task Player_WhoWalksAlongABorder_StaysOnTheirSilo()
    {
        var hunt = await _cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(15, 8));
        var host = _cluster.HostOf(ada.Grain);
        SendToTheOther(ada.Grain);

        for (var step = 0; step < 40; step++)
        {
            await ada.DoAsync(new PlayerCommand(CommandKind.Move, new Tile((ushort)(step % 2 == 0 ? 16 : 15), 8)));
        }

        Assert.Equal(host, _cluster.HostOf(ada.Grain));
    }

    [Fact]
    public async Task Region_ThatMoves_KeepsWhoStandsInItAndWhoWatchesIt()
    {
        var hunt = await _cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        var bob = await hunt.JoinAsync("bob", new Tile(9, 9));
        var watcher = new Watcher();
        var view = await region.WatchAsync(watcher.In(_cluster));

        var target = SendToTheOther(region);
        await bob.DoAsync(Look);
        while (!target.Equals(_cluster.HostOf(region)))
        {
            await region.DepartAsync(new PlayerId("eve"), default);
        }

        _cluster.Spread.Target = null;
        Assert.Equal([new SeenPlayer(ada.Id, new Tile(8, 8))], (await bob.DoAsync(Look)).Seen!.Players);

        // With a look in the same frame the region has heard of the walk when the frame is answered.
        await ada.PlayAsync(new PlayerCommand(CommandKind.Move, new Tile(8, 9)), Look);
        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(100));
        var news = await watcher.NextAsync();
        Assert.Equal(view.Version + 1, news.Version);
        Assert.Contains(new SeenPlayer(ada.Id, new Tile(8, 9)), news.Here);
    }

    [Fact]
    public async Task Grains_OfASiloThatStops_GoOnElsewhere_WhereTheNextCallIsAnswered()
    {
        var hunt = await _cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        await ada.DoAsync(Look);
        foreach (var grain in new[] { ada.Grain.AsReference<IMovable>(), hunt.Region(new Tile(8, 8)).AsReference<IMovable>() })
        {
            var refuge = OtherThanHostOf(grain);
            _cluster.Spread.Refuge = refuge;
            Assert.True(await grain.LeaveAsync());
            Assert.False(await grain.LeaveAsync());
            Assert.Equal(refuge, _cluster.HostOf(grain));
        }
    }

    [Fact]
    public async Task Grains_OfASiloThatDoesNotStop_Stay()
    {
        var hunt = await _cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        var host = _cluster.HostOf(ada.Grain);

        Assert.False(await ada.Grain.AsReference<IMovable>().LeaveAsync());
        Assert.Equal(host, _cluster.HostOf(ada.Grain));
    }

    private SiloAddress SendToTheOther(IAddressable grain)
    {
        var other = OtherThanHostOf(grain);
        _cluster.Spread.Target = other;
        return other;
    }

    private SiloAddress OtherThanHostOf(IAddressable grain) => _cluster.Addresses.First(silo => !silo.Equals(_cluster.HostOf(grain)));
}
