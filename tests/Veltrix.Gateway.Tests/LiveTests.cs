using System.Net.WebSockets;
using Veltrix.Gateway.Live;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol.Frames;
using Veltrix.World;
using Veltrix.World.Rules;
using Command = Veltrix.Protocol.Command;
using SeenPlayer = Veltrix.Contracts.SeenPlayer;

namespace Veltrix.Gateway.Tests;

public sealed class LiveTests
{
    [Fact]
    public async Task Viewer_OfARunningHunt_SeesThePictureThenWhatChanges()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var region = Region(host, "harbour", 0);
        region.Say([At("ann", 1, 1), At("bob", 2, 2)], [], []);
        host.Grains.Board.Totals.Add(new PlayerTotal(new PlayerId("ann"), 40, 2, 1_800_000_000_000));
        await using var viewer = await LiveClient.ConnectAsync(host, "harbour");

        await viewer.UntilAsync(seen => seen.Players.Count == 2 && seen.Board.Count == 1, "two players and a board");
        region.Say([At("ann", 3, 1)], [new PlayerId("bob")], [new Find(new PlayerId("ann"), new Tile(3, 1), 40)]);
        await viewer.UntilAsync(seen => seen.Players.Count == 1 && seen.Finds.Count == 1, "bob gone and a find");

        Assert.Equal((3, 1), viewer.Players["ann"]);
        Assert.Equal("running", viewer.State);
        Assert.Equal("ann 40", viewer.Finds[0]);
    }

    [Fact]
    public async Task Viewer_PlayerCrossesABorder_IsShownOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        Region(host, "harbour", 0).Say([At("ann", 63, 1)], [], []);
        await using var viewer = await LiveClient.ConnectAsync(host, "harbour");
        await viewer.UntilAsync(seen => seen.Players.Count == 1, "ann");

        Region(host, "harbour", 1).Say([At("ann", 64, 1)], [], []);
        Region(host, "harbour", 0).Say([], [new PlayerId("ann")], []);
        Region(host, "harbour", 0).Say([At("bob", 5, 5)], [], []);
        await viewer.UntilAsync(seen => seen.Players.ContainsKey("bob"), "bob, told after the crossing");

        Assert.Equal((64, 1), viewer.Players["ann"]);
    }

    [Fact]
    public async Task Viewer_NewsWithAHole_SeesTheTruthAgain()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var region = Region(host, "harbour", 0);
        region.Say([At("ann", 1, 1), At("bob", 2, 2)], [], []);
        await using var viewer = await LiveClient.ConnectAsync(host, "harbour");
        await viewer.UntilAsync(seen => seen.Players.Count == 2, "two players");

        region.Say([], [new PlayerId("bob")], [], lose: true);
        region.Say([At("ann", 4, 4)], [], []);
        await viewer.UntilAsync(seen => seen.Players.Count == 1 && seen.Players.GetValueOrDefault("ann") == (4, 4), "bob gone and ann at (4, 4)");

        Assert.InRange(region.Watches, 2, 10);
    }

    [Fact]
    public async Task Viewer_HuntWithoutSpectators_NeedsAnOperatorKey()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("secret", new HuntRules { Spectators = false });

        await Assert.ThrowsAsync<WebSocketException>(() => LiveClient.ConnectAsync(host, "secret"));
        await using var viewer = await LiveClient.ConnectAsync(host, "secret", GatewayHost.Key);
        await viewer.UntilAsync(seen => seen.State == "running", "the hunt's state");
    }

    [Fact]
    public async Task Viewer_TheLastOneGone_EndsTheSubscriptions()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var viewer = await LiveClient.ConnectAsync(host, "harbour");
        await Eventually.TrueAsync(() => Region(host, "harbour", 3).Watchers == 1, "every region is watched");

        await viewer.DisposeAsync();

        await Eventually.TrueAsync(() => Region(host, "harbour", 3).Watchers == 0, "no region is watched");
    }

    [Fact]
    public async Task Viewers_MoreThanAllowed_AreRefused()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxViewers = 1);
        host.Grains.Run("harbour");
        await using var one = await LiveClient.ConnectAsync(host, "harbour");
        await one.UntilAsync(seen => seen.State == "running", "the hunt's state");

        await Assert.ThrowsAsync<WebSocketException>(() => LiveClient.ConnectAsync(host, "harbour"));
    }

    [Fact]
    public async Task Watch_PlayerWhoAskedForIt_IsToldWhoComesMovesAndGoes()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        await player.SendAsync(1, 0, Command.Move(10, 10));
        await player.ReceiveAnswersAsync(1, 1);
        var region = Region(host, "harbour", 0);
        region.Say([At("ann", 10, 10), At("bob", 12, 10), At("far", 40, 40)], [], []);
        var frame = new byte[WatchFrame.Bytes];
        WatchFrame.Write(frame, player.Signer, on: true);
        await player.SendAsync(frame);

        var names = new NameCache();
        var entered = new Entered[64];
        var walked = new Walked[64];
        Assert.True(ViewFrames.TryReadEnter(await player.ReceiveAsync(), names, entered, out var count));
        Assert.Equal(("bob", 12, 10), (entered[0].Name, entered[0].X, entered[0].Y));
        Assert.Equal(1, count);

        region.Say([At("bob", 13, 10)], [], []);
        Assert.True(ViewFrames.TryReadMoved(await player.ReceiveAsync(), walked, out count));
        Assert.Equal(new Walked(entered[0].Handle, 13, 10), walked[0]);

        var left = new ushort[64];
        region.Say([At("bob", 30, 30)], [], []);
        Assert.True(ViewFrames.TryReadLeave(await player.ReceiveAsync(), left, out count));
        Assert.Equal(entered[0].Handle, left[0]);
    }

    [Fact]
    public void Picture_SlotThatIsUsedAgain_IsAnotherPlayer()
    {
        var picture = new LivePicture(1);
        var delta = new LiveDelta();
        picture.Here(0, new PlayerId("ann"), new Tile(1, 1));
        picture.WriteChanges(delta);
        Assert.True(picture.TryFind(new PlayerId("ann"), out var slot));
        var generation = picture.At(slot).Generation;

        picture.Gone(0, new PlayerId("ann"));
        picture.Here(0, new PlayerId("bob"), new Tile(2, 2));
        Assert.True(picture.TryFind(new PlayerId("bob"), out var other));
        Assert.NotEqual(slot, other);

        picture.WriteChanges(delta);
        picture.WriteChanges(delta);
        picture.Here(0, new PlayerId("cid"), new Tile(3, 3));
        Assert.True(picture.TryFind(new PlayerId("cid"), out var again));
        Assert.Equal(slot, again);
        Assert.NotEqual(generation, picture.At(again).Generation);
    }

    [Fact]
    public void Picture_CrossingThatTheFarSideTellsLate_IsAMove()
    {
        var picture = new LivePicture(2);
        var delta = new LiveDelta();
        picture.Here(0, new PlayerId("ann"), new Tile(63, 1));
        picture.WriteChanges(delta);
        picture.TryFind(new PlayerId("ann"), out var slot);

        picture.Gone(0, new PlayerId("ann"));
        picture.WriteChanges(delta);
        Assert.True(delta.IsEmpty);
        Assert.Equal(1, picture.Players);
        picture.Here(1, new PlayerId("ann"), new Tile(64, 1));
        picture.WriteChanges(delta);

        // u8 2, u8 0, nobody gone, nobody came, one moved: slot and tile.
        Assert.Equal([2, 0, 0, 0, 0, 0, 1, 0, (byte)slot, 0, 64, 0, 1, 0], delta.ToMessage(whole: false));
        Assert.True(picture.In(0).IsEmpty);
        picture.WriteChanges(delta);
        picture.WriteChanges(delta);
        Assert.Equal(1, picture.Players);
    }

    [Fact]
    public void Picture_PlayerWhoIsInNoRegion_IsGoneWithTheSecondMessage()
    {
        var picture = new LivePicture(1);
        var delta = new LiveDelta();
        picture.Here(0, new PlayerId("ann"), new Tile(1, 1));
        picture.WriteChanges(delta);

        picture.Gone(0, new PlayerId("ann"));
        picture.WriteChanges(delta);
        Assert.True(delta.IsEmpty);
        picture.WriteChanges(delta);

        Assert.Equal([2, 0, 1, 0, 0, 0, 0, 0, 0, 0], delta.ToMessage(whole: false));
        Assert.Equal(0, picture.Players);
    }

    private static FakeRegion Region(GatewayHost host, string hunt, int region) => (FakeRegion)host.Grains.Region(new HuntId(hunt), region);

    private static SeenPlayer At(string player, int x, int y) => new(new PlayerId(player), Tile.At(x, y));
}
