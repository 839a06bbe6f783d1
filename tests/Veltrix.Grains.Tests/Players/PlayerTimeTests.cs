using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Players;

[Collection(ClockCollection.Name)]
public sealed class PlayerTimeTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Play_FiveSecondsLater_IsSaved()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(9, 8));
        Assert.Equal(0UL, _cluster.Checkpoints.Of(hunt.Id, player.Id)!.Applied);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(5));

        var saved = await _cluster.Checkpoints.WaitForAsync(hunt.Id, player.Id, checkpoint => checkpoint.Applied == 1);
        Assert.Equal(new Tile(9, 8), saved.Tile);
    }

    [Fact]
    public async Task Play_SaveFails_IsSavedAtTheNextTick()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(9, 8));
        var failed = _cluster.Checkpoints.FailNext(hunt.Id, player.Id, written: false);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(5));
        await failed;
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Move(10, 8))).Result);
        await AdvanceUntilSavedAsync(hunt, player, 2);
    }

    [Fact]
    public async Task Detach_LingerIsOver_LeavesTheWorldAndCanResume()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(9, 8));
        await player.Grain.DetachAsync(player.Session, 0);
        Assert.Equal(1UL, _cluster.Checkpoints.Of(hunt.Id, player.Id)!.Applied);
        _cluster.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Single((await ViewAsync(hunt)).Players);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(2));

        // The tick was queued before this call, and does not interleave with it.
        await player.Grain.DetachAsync(default, 0);
        Assert.Empty((await ViewAsync(hunt)).Players);
        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 1));
        Assert.Equal((SessionStatus.Playing, new Tile(9, 8)), (resumed.Status, resumed.Tile));
        Assert.Single((await ViewAsync(hunt)).Players);
    }

    [Fact]
    public async Task Detach_ResumedInTime_Stays()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.Grain.DetachAsync(player.Session, 0);
        await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 0));

        _cluster.Clock.Advance(TimeSpan.FromSeconds(120));

        await player.Grain.DetachAsync(default, 0);
        Assert.Single((await ViewAsync(hunt)).Players);
    }

    [Fact]
    public async Task Detach_OfAnOlderSession_ChangesNothing()
    {
        var hunt = await _cluster.NewHuntAsync();
        var older = await hunt.JoinAsync("ada", new Tile(8, 8));
        var player = await hunt.JoinAsync("ada");
        await player.Grain.DetachAsync(older.Session, 0);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(120));

        await player.Grain.DetachAsync(default, 0);
        Assert.Single((await ViewAsync(hunt)).Players);
    }

    [Fact]
    public async Task Detach_AtAGatewayThatThePlayerLeftForAnother_ChangesNothing()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 0, Gateway: 1));
        await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 0, Gateway: 2));

        await player.Grain.DetachAsync(player.Session, 1);
        _cluster.Clock.Advance(TimeSpan.FromSeconds(120));
        await player.Grain.DetachAsync(default, 0);
        Assert.Single((await ViewAsync(hunt)).Players);

        await player.Grain.DetachAsync(player.Session, 2);
        _cluster.Clock.Advance(TimeSpan.FromSeconds(120));
        await player.Grain.DetachAsync(default, 0);
        Assert.Empty((await ViewAsync(hunt)).Players);
    }

    [Fact]
    public async Task Detach_GrainGoesWhileLingering_LeavesTheWorldAtOnce()
    {
        var hunt = await _cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var watcher = new Watcher();
        await hunt.Region(new Tile(8, 8)).WatchAsync(watcher.In(_cluster));
        await player.Grain.DetachAsync(player.Session, 0);
        await player.Grain.DeactivateAsync();

        // The next activation answers only when the one before is gone.
        await player.Grain.DetachAsync(default, 0);
        Assert.Empty((await ViewAsync(hunt)).Players);
    }

    [Fact]
    public async Task Play_Respawned_TheTreasureCanBeClaimedAgain()
    {
        var hunt = await _cluster.NewHuntAsync(rules: new HuntRules { RegionSize = 16, StepsPerSecond = 1000, RespawnSeconds = 30 });
        var treasure = hunt.Plan.All[0];
        var ada = await hunt.JoinAsync("ada", treasure.Tile);
        var bob = await hunt.JoinAsync("bob", treasure.Tile);
        var dig = new PlayerCommand(CommandKind.Dig, treasure.Tile);
        Assert.Equal(CommandResult.Ok, (await ada.DoAsync(dig)).Result);
        Assert.Equal(CommandResult.Taken, (await bob.DoAsync(dig)).Result);

        _cluster.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(CommandResult.Ok, (await bob.DoAsync(dig)).Result);
        Assert.Equal(CommandResult.Taken, (await ada.DoAsync(dig)).Result);
        Assert.Equal([0, 1], _cluster.Ledger.Entries(hunt.Id).Select(entry => entry.Content.Generation).Order());
    }

    [Fact]
    public async Task Play_TooFastThenWaitedAsTold_IsDone()
    {
        var hunt = await _cluster.NewHuntAsync(rules: new HuntRules { RegionSize = 16, StepsPerSecond = 2, PaceSeconds = 2 });
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(12, 8));
        var wait = (await player.DoAsync(Move(13, 8))).RetryMilliseconds;

        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(wait));

        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Move(13, 8))).Result);
    }

    [Fact]
    public async Task Play_FaultedFrameRepeatedLater_IsJudgedByItsFirstMoment()
    {
        // The first try is too fast to move, and claims what is in reach of where it stands. Were the repeat quick enough to move, the
        // same dig would be out of reach, and a claim on disk never answered.
        var hunt = await _cluster.NewHuntAsync(rules: new HuntRules { RegionSize = 16, StepsPerSecond = 2, PaceSeconds = 2, Reach = 4 });
        var treasure = hunt.Plan.All.First(t => t.Tile.X is > 10 and < 50);
        var start = new Tile((ushort)(treasure.Tile.X - 4), treasure.Tile.Y);
        var player = await hunt.JoinAsync("ada", start);
        await player.PlayAsync(Move(start.X - 4, start.Y), Move(start.X - 4, start.Y));
        _cluster.Clock.Advance(TimeSpan.FromSeconds(2));
        await player.PlayAsync(Move(start.X, start.Y));
        var request = player.Request(Move(start.X - 4, start.Y), new PlayerCommand(CommandKind.Dig, treasure.Tile));
        _cluster.Ledger.Fail(hunt.Id, LedgerFault.After);

        await Assert.ThrowsAnyAsync<Exception>(async () => await player.Grain.PlayAsync(request));
        _cluster.Clock.Advance(TimeSpan.FromSeconds(60));
        var reply = await player.Grain.PlayAsync(request);

        Assert.Equal([CommandResult.TooFast, CommandResult.Ok], reply.Answers.Select(a => a.Result));
    }

    [Fact]
    public async Task Play_HuntEndedAfterTheFirstTry_TheClaimIsStillAnswered()
    {
        var hunt = await _cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        _cluster.Ledger.Fail(hunt.Id, LedgerFault.After);
        var request = player.Request(new PlayerCommand(CommandKind.Dig, treasure.Tile));
        await Assert.ThrowsAnyAsync<Exception>(async () => await player.Grain.PlayAsync(request));

        await _cluster.Grains.Hunt(hunt.Id).EndAsync();
        _cluster.Clock.Advance(TimeSpan.FromSeconds(10));
        await player.Grain.DeactivateAsync();

        Assert.Equal(CommandResult.Ok, (await player.Grain.PlayAsync(request)).Answers[0].Result);
    }

    private async Task AdvanceUntilSavedAsync(TestHunt hunt, TestPlayer player, ulong applied)
    {
        // A tick that ends later sets its next one by a clock that has moved on already; so it is moved once more until the save comes.
        for (var i = 0; i < 100 && _cluster.Checkpoints.Of(hunt.Id, player.Id)!.Applied != applied; i++)
        {
            _cluster.Clock.Advance(TimeSpan.FromSeconds(5));
            await player.Grain.DetachAsync(default, 0);
        }

        Assert.Equal(applied, _cluster.Checkpoints.Of(hunt.Id, player.Id)!.Applied);
    }

    private ValueTask<RegionView> ViewAsync(TestHunt hunt) => hunt.Region(new Tile(8, 8)).WatchAsync(new NoWatcher().In(_cluster));

    private static PlayerCommand Move(int x, int y) => new(CommandKind.Move, Tile.At(x, y));
}
