using Microsoft.Extensions.DependencyInjection;
using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Hunts;

[Collection(ClockCollection.Name)]
public sealed class HuntGrainTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Create_SameDraftAgain_GetsTheSameAnswerAndAnotherGetsExists()
    {
        var hunt = await _cluster.NewHuntAsync();
        var grain = _cluster.Grains.Hunt(hunt.Id);
        var draft = new HuntDraft("A hunt", hunt.Map.Hash, 7, hunt.Rules);

        var again = await grain.CreateAsync(draft);

        Assert.Equal(HuntStatus.Ok, again.Status);
        Assert.NotNull(again.Hunt!.Draft.StartsAt);
        Assert.Equal(HuntStatus.Exists, (await grain.CreateAsync(draft with { Seed = 8 })).Status);
        Assert.Contains(hunt.Id, await _cluster.Grains.HuntList().ListAsync(null, 1000));
    }

    [Theory]
    [InlineData("", 64, HuntStatus.Invalid, "name")]
    [InlineData("A hunt", 3, HuntStatus.Invalid, "regionSize")]
    [InlineData("A hunt", 64, HuntStatus.NoMap, "no map")]
    public async Task Create_DraftThatDoesNotFit_SaysWhy(string name, int regionSize, HuntStatus status, string says)
    {
        var reply = await _cluster.Grains.Hunt(new HuntId($"misfit-{regionSize}-{name.Length}")).CreateAsync(
            new HuntDraft(name, "no-such-map", 7, new HuntRules { RegionSize = regionSize }));

        Assert.Equal(status, reply.Status);
        Assert.Contains(says, reply.Problem!, StringComparison.Ordinal);
        Assert.Null(reply.Hunt);
    }

    [Fact]
    public async Task Create_EndsBeforeItStarts_SaysWhy()
    {
        var now = _cluster.Clock.GetUtcNow();
        var reply = await _cluster.Grains.Hunt(new HuntId("backwards")).CreateAsync(
            new HuntDraft("A hunt", "x", 7, new HuntRules(), now.AddHours(2), now.AddHours(1)));

        Assert.Equal(HuntStatus.Invalid, reply.Status);
        Assert.Contains("endsAt", reply.Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_MapWithoutGround_SaysWhy()
    {
        var lava = new TileMap("lava", 2, 1, [new Ground(Terrain.Lava, true, false).Bits, new Ground(Terrain.Lava, true, false).Bits], [0, 0], [0], []);
        await _cluster.Maps.SaveAsync(new MapSummary(lava.Hash, "lava", 2, 1), MapCodec.Encode(lava), TestContext.Current.CancellationToken);

        var reply = await _cluster.Grains.Hunt(new HuntId("lava")).CreateAsync(new HuntDraft("A hunt", lava.Hash, 7, new HuntRules()));

        Assert.Equal(HuntStatus.Invalid, reply.Status);
        Assert.Contains("no open ground", reply.Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hunt_NeverCreated_IsNotFound()
    {
        var grain = _cluster.Grains.Hunt(new HuntId("never"));

        Assert.Null(await grain.GetAsync());
        Assert.Equal(HuntStatus.NotFound, (await grain.StartAsync()).Status);
        Assert.Equal(HuntStatus.NotFound, (await grain.EndAsync()).Status);
    }

    [Fact]
    public async Task Running_HuntThatIsPlayed_IsAmongThemUntilItEnds()
    {
        var played = _cluster.Silo.GetRequiredService<IPlayedHunts>();
        var hunt = await _cluster.NewHuntAsync();
        Assert.DoesNotContain(hunt.Id, played.Running);

        await played.PrepareAsync(hunt.Id);
        Assert.Contains(hunt.Id, played.Running);

        _cluster.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(hunt.Id, played.Running);

        await played.PrepareAsync(hunt.Id);
        await _cluster.Grains.Hunt(hunt.Id).EndAsync();
        _cluster.Clock.Advance(TimeSpan.FromSeconds(4));
        await played.PrepareAsync(hunt.Id);
        Assert.DoesNotContain(hunt.Id, played.Running);
    }

    [Fact]
    public async Task Prepare_NoSuchHunt_IsNothing()
    {
        var played = _cluster.Silo.GetRequiredService<IPlayedHunts>();

        await played.PrepareAsync(new HuntId("nowhere"));

        Assert.DoesNotContain(new HuntId("nowhere"), played.Running);
    }

    [Fact]
    public async Task End_Running_SealsEveryShardAndReachesPlayersWithinASecond()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");
        var look = new PlayerCommand(CommandKind.Look);
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(look)).Result);

        Assert.Equal(HuntStatus.Ok, (await _cluster.Grains.Hunt(hunt.Id).EndAsync()).Status);
        Assert.All(Enumerable.Range(0, 4), shard => Assert.True(_cluster.Ledger.IsSealed(hunt.Id, shard)));
        Assert.Equal(HuntStatus.Ok, (await _cluster.Grains.Hunt(hunt.Id).EndAsync()).Status);
        Assert.Equal(HuntStatus.Over, (await _cluster.Grains.Hunt(hunt.Id).StartAsync()).Status);

        // The first look after half a second has the definition read again; what follows knows it.
        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(600));
        await UntilAsync(async () => (await player.DoAsync(look)).Result == CommandResult.HuntOver);
        Assert.Equal(SessionStatus.HuntOver, (await _cluster.Grains.Player(hunt.Id, new PlayerId("late")).JoinAsync(hunt.NewSession())).Status);
    }

    [Fact]
    public async Task End_AfterAPauseOfThePlayers_IsKnownToTheFirstCommand()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");
        await _cluster.Grains.Hunt(hunt.Id).EndAsync();
        _cluster.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(CommandResult.HuntOver, (await player.DoAsync(new PlayerCommand(CommandKind.Look))).Result);
    }

    [Fact]
    public async Task End_Scheduled_SealsByItself()
    {
        var map = TestMaps.Open(32, 32);
        await _cluster.Maps.SaveAsync(new MapSummary(map.Hash, map.Name, 32, 32), MapCodec.Encode(map), TestContext.Current.CancellationToken);
        var now = _cluster.Clock.GetUtcNow();
        var hunt = new HuntId("scheduled");
        var made = await _cluster.Grains.Hunt(hunt).CreateAsync(
            new HuntDraft("A hunt", map.Hash, 7, new HuntRules { LedgerShards = 2 }, now.AddSeconds(1), now.AddSeconds(5)));

        Assert.Equal(HuntPhase.Scheduled, made.Hunt!.PhaseAt(now));
        _cluster.Clock.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(() => Task.FromResult(_cluster.Ledger.IsSealed(hunt, 0) && _cluster.Ledger.IsSealed(hunt, 1)));
    }

    [Fact]
    public async Task Hunt_Reactivated_IsAsItWas()
    {
        var hunt = await _cluster.NewHuntAsync();
        var grain = _cluster.Grains.Hunt(hunt.Id);
        var before = await grain.GetAsync();
        await grain.DeactivateAsync();

        Assert.Equal(before, await grain.GetAsync());
    }

    [Fact]
    public async Task List_ManyHunts_PagesInOrder()
    {
        var list = _cluster.Grains.GetGrain<IHuntListGrain>("a-list-of-its-own");
        foreach (var id in (string[])["c", "a", "b", "d", "b"])
        {
            await list.AddAsync(new HuntId(id));
        }

        await list.DeactivateAsync();
        Assert.Equal(["a", "b", "c"], (await list.ListAsync(null, 3)).Select(id => id.Value));
        Assert.Equal(["d"], (await list.ListAsync("c", 3)).Select(id => id.Value));
        Assert.Equal(["c", "d"], (await list.ListAsync("bb", 3)).Select(id => id.Value));
    }

    [Fact]
    public async Task Maps_StoreAndLoad_KeepsThemByTheirHash()
    {
        var library = _cluster.Grains.MapLibrary();
        var map = TestMaps.Open(20, 10);
        var encoded = MapCodec.Encode(map);

        Assert.Equal(new MapSummary(map.Hash, "meadow", 20, 10), await library.StoreAsync(new(encoded)));
        Assert.Equal(encoded, (await library.LoadAsync(map.Hash))!.Value.Value);
        Assert.Null(await library.LoadAsync("no-such-map"));
        Assert.Contains((await library.ListAsync(null, 1000)), summary => summary.Hash == map.Hash);
        encoded[^1] ^= 1;
        encoded[70] ^= 1;
        await Assert.ThrowsAnyAsync<Exception>(async () => await library.StoreAsync(new(encoded)));
    }

    /// <summary>Asks until it is so; each question is a call that gives the cluster time.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        wait.CancelAfter(TimeSpan.FromSeconds(10));
        while (!await isSo())
        {
            wait.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
