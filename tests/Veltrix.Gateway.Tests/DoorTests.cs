using System.Net;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

/// <summary>Which way a gateway's calls take to the silo of a player.</summary>
public sealed class DoorTests
{
    private static readonly GrainId East = GrainId.Create("door", "east");
    private static readonly GrainId West = GrainId.Create("door", "west");
    private static readonly IPEndPoint Silo = new(IPAddress.Loopback, 30_000);

    [Fact]
    public async Task Play_AfterAReplyThatNamesADoor_TakesItUntilAnotherIsNamed()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var player = await JoinAsync(host, "ann");
        var grain = host.Player("harbour", "ann");

        grain.WayIn = new WayIn(WayInKind.Door, East);
        await PlayAsync(player, 1);
        grain.WayIn = default;
        await PlayAsync(player, 2);
        await PlayAsync(player, 3);
        grain.WayIn = new WayIn(WayInKind.Door, West);
        await PlayAsync(player, 4);
        await PlayAsync(player, 5);

        var (east, west) = (SiloDoor.NumberOf(East), SiloDoor.NumberOf(West));
        Assert.Equal([0, east, east, east, west], grain.Doors);
        Assert.Equal((3, 1), (host.Grains.Doors[East].Calls, host.Grains.Doors[West].Calls));
    }

    [Fact]
    public async Task Play_ThroughADoorThatFails_IsAnsweredWithoutItAndNobodyElseTakesIt()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var ann = await JoinAsync(host, "ann");
        await using var bob = await JoinAsync(host, "bob");
        foreach (var (socket, name) in new[] { (ann, "ann"), (bob, "bob") })
        {
            host.Player("harbour", name).WayIn = new WayIn(WayInKind.Door, East);
            await PlayAsync(socket, 1);
            host.Player("harbour", name).WayIn = default;
        }

        host.Grains.Doors[East].IsBroken = true;
        await PlayAsync(ann, 2);
        await PlayAsync(bob, 2);

        Assert.Equal(1, host.Grains.Doors[East].Calls);
        Assert.Equal([0, 0], host.Player("harbour", "ann").Doors);
        Assert.Equal([0, 0], host.Player("harbour", "bob").Doors);
    }

    [Fact]
    public async Task Play_OnceADoorCloses_EverySessionLeavesIt()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var ann = await JoinAsync(host, "ann");
        await using var bob = await JoinAsync(host, "bob");
        foreach (var (socket, name) in new[] { (ann, "ann"), (bob, "bob") })
        {
            host.Player("harbour", name).WayIn = new WayIn(WayInKind.Door, East);
            await PlayAsync(socket, 1);
            host.Player("harbour", name).WayIn = default;
        }

        host.Player("harbour", "ann").WayIn = new WayIn(WayInKind.Closing);
        await PlayAsync(ann, 2);
        await PlayAsync(ann, 3);
        await PlayAsync(bob, 2);

        Assert.Equal([0, SiloDoor.NumberOf(East), 0], host.Player("harbour", "ann").Doors);
        Assert.Equal([0, 0], host.Player("harbour", "bob").Doors);
    }

    [Fact]
    public async Task Play_ThroughTheDoorOfASiloThatIsLost_IsMadeAgainAtOnceWithoutIt()
    {
        await using var host = await GatewayHost.StartAsync();
        await using var ann = await JoinAsync(host, "ann");
        var door = SystemTargetGrainId.Create(SystemTargetGrainId.CreateGrainType("door"), SiloAddress.New(Silo, 0)).GrainId;
        host.Player("harbour", "ann").WayIn = new WayIn(WayInKind.Door, door);
        await PlayAsync(ann, 1);
        host.Player("harbour", "ann").WayIn = default;
        host.Grains.Doors[door].IsDead = true;

        await ann.SendAsync(2, 1, Command.Where);
        await Eventually.TrueAsync(() => host.Grains.Doors[door].Calls == 1, "the call is on its way");
        _ = host.Sessions().OnSiloLostAsync(new IPEndPoint(Silo.Address, Silo.Port + 1));
        _ = host.Sessions().OnSiloLostAsync(Silo);

        Assert.Equal(ResultCode.Ok, (await ann.ReceiveAnswersAsync(1, 2))[0].Result);
        await PlayAsync(ann, 3);
        Assert.Equal([0, 0, 0], host.Player("harbour", "ann").Doors);
    }

    [Fact]
    public async Task Play_HandedOnToASiloThatIsLost_IsMadeAgainAndPlayedOnce()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock: clock);
        await using var ann = await JoinAsync(host, "ann");
        var grain = host.Player("harbour", "ann");
        grain.Hold();
        await ann.SendAsync(1, 0, Command.Where);
        await Eventually.TrueAsync(() => grain.Waiting == 1, "the call is on its way");

        var lost = host.Sessions().OnSiloLostAsync(Silo);
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return grain.Waiting == 2;
            },
            "the call is made again");
        await lost;
        grain.Release();

        Assert.Equal(ResultCode.Ok, (await ann.ReceiveAnswersAsync(1, 1))[0].Result);
        await PlayAsync(ann, 2);
        await PlayAsync(ann, 3);
        Assert.Equal(3, grain.Played.Count);
    }

    [Fact]
    public async Task Play_BegunAfterASiloWasLost_IsLeftAlone()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock: clock);
        await using var ann = await JoinAsync(host, "ann");
        var grain = host.Player("harbour", "ann");
        await PlayAsync(ann, 1);

        var lost = host.Sessions().OnSiloLostAsync(Silo);
        grain.Hold();
        await ann.SendAsync(2, 1, Command.Where);
        await Eventually.TrueAsync(() => grain.Waiting == 1, "the call is on its way");
        clock.Advance(TimeSpan.FromSeconds(2));
        await lost;
        grain.Release();

        Assert.Equal(ResultCode.Ok, (await ann.ReceiveAnswersAsync(1, 2))[0].Result);
        Assert.Equal([1, 1], grain.Calls);
    }

    [Fact]
    public void For_CallersThroughAnyDoor_TellsThoseWhoCameAnotherWayAndAllOnceItCloses()
    {
        var door = new SiloDoor();
        Assert.Equal(default, door.For(0));

        door.Open(East);
        Assert.Equal(new WayIn(WayInKind.Door, East), door.For(0));
        Assert.Equal(new WayIn(WayInKind.Door, East), door.For(SiloDoor.NumberOf(West)));
        Assert.Equal(default, door.For(SiloDoor.NumberOf(East)));

        door.Close();
        Assert.Equal(default, door.For(0));
        Assert.Equal(new WayIn(WayInKind.Closing), door.For(SiloDoor.NumberOf(East)));
    }

    private static async Task<RawPlayer> JoinAsync(GatewayHost host, string name)
    {
        if (!host.Grains.Hunts.ContainsKey("harbour"))
        {
            host.Grains.Run("harbour");
        }

        return (await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", name))).Player;
    }

    private static async Task PlayAsync(RawPlayer player, ulong sequence)
    {
        await player.SendAsync(sequence, sequence - 1, Command.Where);
        var answers = await player.ReceiveAnswersAsync(1, sequence);
        Assert.Equal(ResultCode.Ok, answers[0].Result);
    }
}
