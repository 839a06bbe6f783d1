using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Regions;

[Collection(ClockCollection.Name)]
public sealed class WatchTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Watch_Changes_ComeGatheredAndNumberedWithoutHoles()
    {
        var hunt = await _cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var region = hunt.Region(treasure.Tile);
        var watcher = new Watcher();
        var view = await region.WatchAsync(watcher.In(_cluster));
        var ada = await hunt.JoinAsync("ada", treasure.Tile);
        await ada.PlayAsync(
            new PlayerCommand(CommandKind.Dig, treasure.Tile), new PlayerCommand(CommandKind.DropClue, treasure.Tile, "x"));

        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(100));
        var first = await watcher.NextAsync();

        Assert.Equal((view.Version + 1, 1), (first.Version, first.Clues));
        Assert.Equal([new SeenPlayer(ada.Id, treasure.Tile)], first.Here);
        Assert.Equal([new Find(ada.Id, treasure.Tile, treasure.Points)], first.Finds);

        await ada.PlayAsync(new PlayerCommand(CommandKind.Leave));
        await NewsAsync();
        var second = await watcher.NextAsync();
        Assert.Equal(first.Version + 1, second.Version);
        Assert.Equal([ada.Id], second.Gone);
        Assert.Empty(second.Here);
        Assert.Empty(second.Finds);
    }

    [Fact]
    public async Task Watch_ByASecondWatcher_GivesBothTheSameVersion()
    {
        var hunt = await _cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        Watcher one = new(), two = new();
        await region.WatchAsync(one.In(_cluster));
        await hunt.JoinAsync("ada", new Tile(8, 8));

        var view = await region.WatchAsync(two.In(_cluster));
        var news = await one.NextAsync();

        Assert.Equal(news.Version, view.Version);
        Assert.Equal(news.Here, view.Players);
        await hunt.JoinAsync("bob", new Tile(9, 8));
        await NewsAsync();
        Assert.Equal(view.Version + 1, (await one.NextAsync()).Version);
        Assert.Equal(view.Version + 1, (await two.NextAsync()).Version);
    }

    [Fact]
    public async Task Watch_NotRenewed_EndsAfterAMinute()
    {
        var hunt = await _cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        Watcher renewed = new(), expired = new();
        await region.WatchAsync(renewed.In(_cluster));
        await region.WatchAsync(expired.In(_cluster));
        _cluster.Clock.Advance(TimeSpan.FromSeconds(40));
        await region.WatchAsync(renewed.In(_cluster));
        _cluster.Clock.Advance(TimeSpan.FromSeconds(40));

        await hunt.JoinAsync("ada", new Tile(8, 8));
        await NewsAsync();

        await renewed.NextAsync();
        Assert.False(expired.TryNext(out _));
    }

    [Fact]
    public async Task Unwatch_AWatcher_TellsThemNothingMore()
    {
        var hunt = await _cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        Watcher stays = new(), goes = new();
        await region.WatchAsync(stays.In(_cluster));
        await region.WatchAsync(goes.In(_cluster));
        await region.UnwatchAsync(goes.In(_cluster));
        await hunt.JoinAsync("ada", new Tile(8, 8));
        await NewsAsync();

        await stays.NextAsync();
        Assert.False(goes.TryNext(out _));
    }

    [Fact]
    public async Task Watch_MoreThanTheLimit_DropsWhoRenewedLongestAgo()
    {
        var hunt = await _cluster.NewHuntAsync();
        var region = hunt.Region(new Tile(8, 8));
        var watchers = new List<Watcher>();
        for (var i = 0; i < 65; i++)
        {
            watchers.Add(new Watcher());
            await region.WatchAsync(watchers[i].In(_cluster));
            _cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await hunt.JoinAsync("ada", new Tile(8, 8));
        await NewsAsync();

        await watchers[64].NextAsync();
        await watchers[1].NextAsync();
        Assert.False(watchers[0].TryNext(out _));
    }

    [Fact]
    public async Task Region_NothingHeardForLong_ShowsThePlayerNoMore()
    {
        var hunt = await _cluster.NewHuntAsync();
        var idle = await hunt.JoinAsync("idle", new Tile(8, 8));
        _cluster.Clock.Advance(TimeSpan.FromMinutes(31));
        var active = await hunt.JoinAsync("active", new Tile(9, 8));

        Assert.Equal(0, (await active.DoAsync(new PlayerCommand(CommandKind.Look))).Seen!.PlayerCount);
        await idle.PlayAsync(new PlayerCommand(CommandKind.Look));
        Assert.Equal(1, (await active.DoAsync(new PlayerCommand(CommandKind.Look))).Seen!.PlayerCount);
    }

    private async Task NewsAsync()
    {
        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(200));
        await Task.Yield();
    }
}
