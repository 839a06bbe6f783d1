using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;
using Veltrix.World;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

public sealed class PlayTests
{
    [Fact]
    public async Task Play_OneOfEachCommand_AnswersEachInOrder()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, next) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var _ = player;
        Assert.Equal(1UL, next);

        await player.SendAsync(1, 0, Command.Move(11, 12), Command.Look, Command.DropClue(10, 10, "Cold."), Command.DropClue(10, 10, null), Command.Dig(10, 10), Command.Where);
        var answers = await player.ReceiveAnswersAsync(6, 1);

        Assert.Equal(Answer.Moved(11, 12), answers[0]);
        Assert.Equal("Grüße", answers[1].Seen!.Clues.Span[0].Text);
        Assert.Equal(ResultCode.Ok, answers[2].Result);
        Assert.Equal(ResultCode.BadText, answers[3].Result);
        Assert.Equal(Answer.Dug(5, 3), answers[4]);
        Assert.Equal(Answer.Standing(11, 12, 77), answers[5]);
    }

    [Fact]
    public async Task Play_Leave_IsAnsweredAndClosedOrdinarily()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;

        await player.SendAsync(1, 0, Command.Leave);
        var answers = await player.ReceiveAnswersAsync(1, 1);

        Assert.Equal(ResultCode.Ok, answers[0].Result);
        Assert.Equal((CloseCode)1000, await player.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Play_SlowGrain_GetsWhatArrivedMeanwhileInOneCall()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        var grain = host.Player("harbour", "ann");

        grain.Hold();
        for (ulong sequence = 1; sequence <= 100; sequence++)
        {
            await player.SendAsync(sequence, 0, Command.Move(5, 5));
        }

        await Eventually.TrueAsync(() => host.Sessions().CommandsInFlight == 100, "all 100 commands are accepted");
        grain.Release();
        await player.ReceiveAnswersAsync(100, 1);

        Assert.Equal(100, grain.Played.Count);
        Assert.InRange(grain.Calls.Count, 1, 3);
        Assert.Equal(0, host.Sessions().CommandsInFlight);
    }

    [Fact]
    public async Task Play_SocketDropped_ResumeBringsTheMissedAnswers()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (first, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        var grain = host.Player("harbour", "ann");
        await first.SendAsync(1, 0, Command.Move(1, 1));
        await first.ReceiveAnswersAsync(1, 1);

        grain.Hold();
        await first.SendAsync(2, 1, Command.Dig(2, 2), Command.Where);
        await Eventually.TrueAsync(() => host.Sessions().CommandsInFlight == 2, "both commands are accepted");
        first.Drop();
        await Eventually.TrueAsync(() => host.Sessions().Connected == 0, "the gateway has noticed the loss");
        grain.Release();

        var (second, next) = await RawPlayer.ResumeAsync(host.Address, joined, last: 1, attempt: 2);
        var missed = await second.ReceiveAnswersAsync(2, 2);
        Assert.Equal(4UL, next);
        Assert.Equal(Answer.Dug(2, 3), missed[0]);
        Assert.Equal(3, grain.Played.Count);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Play_SessionUnknownToThisGateway_IsTakenUpFromTheGrain()
    {
        var grains = new FakeGrains();
        await using var one = await GatewayHost.StartAsync(grains: grains);
        await using var other = await GatewayHost.StartAsync(grains: grains);
        grains.Run("harbour");
        var joined = await one.JoinAsync("harbour", "ann");
        var (first, _) = await RawPlayer.ResumeAsync(one.Address, joined);
        await first.SendAsync(1, 0, Command.Move(1, 1), Command.Dig(1, 1));
        await first.ReceiveAnswersAsync(2, 1);
        first.Drop();

        var (second, next) = await RawPlayer.ResumeAsync(other.Address, joined, last: 1, attempt: 2);
        var missed = await second.ReceiveAnswersAsync(1, 2);
        Assert.Equal(3UL, next);
        Assert.Equal(Answer.Dug(2, 3), missed[0]);
        await second.SendAsync(3, 2, Command.Where);
        Assert.Equal(ResultCode.Ok, (await second.ReceiveAnswersAsync(1, 3))[0].Result);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Play_GatewayAndSiloDied_TellsThePlayerThatTheyFellBackAndGoesOn()
    {
        var grains = new FakeGrains();
        await using var fresh = await GatewayHost.StartAsync(grains: grains);
        grains.Run("harbour");
        JoinAnswer joined;
        await using (var dying = await GatewayHost.StartAsync(grains: grains))
        {
            joined = await dying.JoinAsync("harbour", "ann");
            var (first, _) = await RawPlayer.ResumeAsync(dying.Address, joined);
            await using var __ = first;
            await first.SendAsync(1, 0, Command.Move(1, 1), Command.Move(2, 2), Command.Dig(2, 2), Command.Move(3, 3));
            await first.ReceiveAnswersAsync(4, 1);
            first.Drop();
        }

        var grain = fresh.Player("harbour", "ann");
        grain.FallBack(applied: 1, Tile.At(1, 1));
        await using var player = await RawPlayer.ConnectAsync(fresh.Address, joined);
        await player.SendResumeAsync(4, 2);

        Assert.True(ServerFrames.TryReadSnapshot(await player.ReceiveAsync(), out var snapshot));
        Assert.Equal(new Snapshot(5, 1, 1, SnapshotReason.FellBack), snapshot);
        Assert.True(ServerFrames.TryReadHunt(await player.ReceiveAsync(), out _));
        await player.SendAsync(5, 4, Command.Where, Command.Move(2, 1));
        Assert.Equal([Answer.Standing(1, 1, 77), Answer.Moved(2, 1)], await player.ReceiveAnswersAsync(2, 5));
        Assert.Equal(6UL, grain.Applied);

        // Told once: the next resume goes on as any other.
        player.Drop();
        var (again, next) = await RawPlayer.ResumeAsync(fresh.Address, joined, last: 6, attempt: 3);
        Assert.Equal(7UL, next);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Play_RepeatedFrame_IsNotPlayedAgainAndGetsTheFirstAnswer()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;

        await player.SendAsync(1, 0, Command.Dig(1, 1));
        await player.ReceiveAnswersAsync(1, 1);
        await player.SendAsync(1, 0, Command.Move(9, 9));
        var again = await player.ReceiveAnswersAsync(1, 1);

        Assert.Equal(Answer.Dug(1, 3), again[0]);
        Assert.Single(host.Player("harbour", "ann").Played);
    }
}
