using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Veltrix.Testing.Processes;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

public sealed class PlayRehearsalTests
{
    [Fact]
    public async Task Start_WithARehearsal_AsksTheSilosAndLeavesNothing()
    {
        await using var host = await GatewayHost.StartAsync(rehearses: true);

        var (key, player) = Assert.Single(host.Grains.Players);
        Assert.StartsWith("rehearsal-", key, StringComparison.Ordinal);
        Assert.Equal(1, player.Resumes);
        Assert.Equal(5, Assert.Single(player.TurnedAway).Commands.Length);
        Assert.Empty(host.Services.GetRequiredService<HuntRooms>().All);
        var sessions = host.Services.GetRequiredService<SessionTable>();
        await Eventually.TrueAsync(() => sessions is { Count: 0, Connected: 0, CommandsInFlight: 0 }, "nothing of the rehearsal is left");
    }

    [Fact]
    public async Task Start_WithAnInternalPort_RehearsesOnThePublicOne()
    {
        await using var host = await GatewayHost.StartAsync(internalPort: VeltrixProcess.FreePort(), rehearses: true);

        Assert.Equal(1, Assert.Single(host.Grains.Players).Value.Resumes);
    }

    [Fact]
    public async Task Socket_BeforeTheRehearsalIsOver_IsSentElsewhere()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var gate = host.Services.GetRequiredService<RehearsalGate>();
        gate.Shut();

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => RawPlayer.ConnectAsync(host.Address, joined));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);

        gate.Open();
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined);
        await player.SendResumeAsync(0, 1);
        await player.ReceiveAsync();
    }

    [Fact]
    public async Task Start_WhereTheSilosFail_StartsAllTheSame()
    {
        var grains = new FakeGrains { MakePlayer = static () => throw new TimeoutException("No silo answers.") };
        await using var host = await GatewayHost.StartAsync(grains: grains, rehearses: true);
        grains.MakePlayer = static () => new FakePlayer();
        grains.Run("harbour");

        var joined = await host.JoinAsync("harbour", "ann");
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined);
        await player.SendResumeAsync(0, 1);
        await player.ReceiveAsync();
        await player.ReceiveAsync();
        await player.SendAsync(1, 0, Command.Where);

        Assert.Equal(ResultCode.Ok, (await player.ReceiveAnswersAsync(1, 1))[0].Result);
    }
}
