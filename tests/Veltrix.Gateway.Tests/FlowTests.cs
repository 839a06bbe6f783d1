using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

/// <summary>What happens when something is too much, too slow or broken.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task Unanswered_MoreThanAllowed_StopsReadingUntilThereIsRoom()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        var grain = host.Player("harbour", "ann");
        var frame = Enumerable.Repeat(Command.Move(5, 5), 64).ToArray();

        grain.Hold();
        for (ulong i = 0; i < 32; i++)
        {
            await player.SendAsync((i * 64) + 1, 0, frame);
        }

        await Eventually.TrueAsync(() => host.Sessions().CommandsInFlight == ProtocolLimits.Unanswered, "1,024 commands are accepted");
        grain.Release();
        var answers = await player.ReceiveAnswersAsync(2048, 1);

        Assert.All(answers, answer => Assert.Equal(ResultCode.Ok, answer.Result));
        Assert.Equal(2048, grain.Played.Count);
        Assert.InRange(grain.Calls.Max(), 1, ProtocolLimits.Unanswered);
    }

    [Fact]
    public async Task Frames_ReadByThePollingThread_ArePlayedOnThePool()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;

        for (ulong i = 1; i <= 20; i++)
        {
            await player.SendAsync(i, i - 1, [Command.Where]);
            await player.ReceiveAnswersAsync(1, i);
        }

        Assert.Equal("1", Environment.GetEnvironmentVariable(InlineCompletions.Variable));
        Assert.Equal(20, host.Player("harbour", "ann").Calls.Count);
        Assert.Equal(0, host.Player("harbour", "ann").CallsOffThePool);
    }

    [Fact]
    public async Task Rate_AboveTheLimit_IsAnsweredBusyInOrder()
    {
        await using var host = await GatewayHost.StartAsync(options => (options.CommandsPerSecond, options.CommandBurst) = (1, 5));
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;

        await player.SendAsync(1, 0, [.. Enumerable.Repeat(Command.Where, 8)]);
        var answers = await player.ReceiveAnswersAsync(8, 1);

        Assert.Equal([.. Enumerable.Repeat(ResultCode.Ok, 5), .. Enumerable.Repeat(ResultCode.Busy, 3)], answers.Select(answer => answer.Result));
        Assert.InRange((int)answers[7].RetryMilliseconds, 1000, 3100);
        Assert.Equal(5, host.Player("harbour", "ann").Played.Count);
        Assert.Equal(8UL, host.Player("harbour", "ann").Applied);
    }

    [Fact]
    public async Task Capacity_OfTheGateway_IsAnsweredBusy()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxCommandsInFlight = 64);
        host.Grains.Run("harbour");
        var (one, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        var (two, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "bob"));
        host.Player("harbour", "ann").Hold();
        await one.SendAsync(1, 0, [.. Enumerable.Repeat(Command.Where, 64)]);
        await Eventually.TrueAsync(() => host.Sessions().CommandsInFlight == 64, "ann's commands are accepted");

        await two.SendAsync(1, 0, Command.Where);
        Assert.Equal(ResultCode.Busy, (await two.ReceiveAnswersAsync(1, 1))[0].Result);

        host.Player("harbour", "ann").Release();
        Assert.All(await one.ReceiveAnswersAsync(64, 1), answer => Assert.Equal(ResultCode.Ok, answer.Result));
        await two.SendAsync(2, 1, Command.Where);
        Assert.Equal(ResultCode.Ok, (await two.ReceiveAnswersAsync(1, 2))[0].Result);
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    [Fact]
    public async Task Capacity_OfTheGateway_IsNotUsedUpByWhatIsRefused()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxCommandsInFlight = 64);
        host.Grains.Run("harbour");
        var (one, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        var (two, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "bob"));
        var (three, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "eve"));
        host.Player("harbour", "ann").Hold();
        host.Player("harbour", "bob").Hold();
        await one.SendAsync(1, 0, [.. Enumerable.Repeat(Command.Where, 60)]);
        await Eventually.TrueAsync(() => host.Player("harbour", "ann").Waiting == 1, "ann's commands are accepted");
        await two.SendAsync(1, 0, [.. Enumerable.Repeat(Command.Where, 64)]);
        await Eventually.TrueAsync(() => host.Player("harbour", "bob").Waiting == 1, "bob's commands are on their way to be refused");

        await three.SendAsync(1, 0, [.. Enumerable.Repeat(Command.Where, 4)]);
        Assert.All(await three.ReceiveAnswersAsync(4, 1), answer => Assert.Equal(ResultCode.Ok, answer.Result));

        host.Player("harbour", "ann").Release();
        host.Player("harbour", "bob").Release();
        Assert.All(await one.ReceiveAnswersAsync(60, 1), answer => Assert.Equal(ResultCode.Ok, answer.Result));
        Assert.All(await two.ReceiveAnswersAsync(64, 1), answer => Assert.Equal(ResultCode.Busy, answer.Result));
        Assert.Equal(0, host.Sessions().CommandsInFlight);
        await one.DisposeAsync();
        await two.DisposeAsync();
        await three.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Grain_ThatFails_IsAskedAgainAndPlaysEachCommandOnce(bool before)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        var grain = host.Player("harbour", "ann");
        foreach (var fault in new Exception[] { new SiloUnavailableException("gone"), new TimeoutException("late"), new InvalidOperationException("broken") })
        {
            if (before)
            {
                grain.FailBefore(fault);
            }
            else
            {
                grain.FailAfter(fault);
            }
        }

        await player.SendAsync(1, 0, Command.Dig(1, 1), Command.Dig(2, 2));
        var answers = await player.ReceiveAnswersAsync(2, 1);

        Assert.Equal([Answer.Dug(1, 3), Answer.Dug(2, 3)], answers);
        Assert.Equal(2, grain.Played.Count);
    }

    [Fact]
    public async Task Grain_Overloaded_AnswersBusyAndKeepsTheSequence()
    {
        await using var host = await GatewayHost.StartAsync(options => options.OverloadTime = TimeSpan.Zero);
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        var grain = host.Player("harbour", "ann");
        grain.FailBefore(new LimitExceededException("full"));
        grain.FailBefore(new LimitExceededException("full"));

        await player.SendAsync(1, 0, Command.Dig(1, 1));
        Assert.Equal(ResultCode.Busy, (await player.ReceiveAnswersAsync(1, 1))[0].Result);
        await player.SendAsync(2, 1, Command.Dig(1, 1));
        Assert.Equal(Answer.Dug(2, 3), (await player.ReceiveAnswersAsync(1, 2))[0]);

        Assert.Single(grain.Played);
        Assert.Equal(2UL, grain.Applied);
    }

    [Fact]
    public async Task Grain_GoneForGood_ClosesWithARequestToResumeAndLosesNothing()
    {
        await using var host = await GatewayHost.StartAsync(options => options.RetryTime = TimeSpan.FromSeconds(1));
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        var grain = host.Player("harbour", "ann");
        grain.FailAfter(new SiloUnavailableException("gone"));
        for (var i = 0; i < 8; i++)
        {
            grain.FailBefore(new SiloUnavailableException("gone"));
        }

        await player.SendAsync(1, 0, Command.Dig(1, 1));
        Assert.Equal(CloseCode.Internal, await player.ReceiveCloseAsync());
        Assert.Equal(0, host.Sessions().CommandsInFlight);
        while (grain.HasFaults)
        {
            grain.SkipFault();
        }

        var (again, next) = await RawPlayer.ResumeAsync(host.Address, joined, 0, 2);
        Assert.Equal(2UL, next);
        Assert.Equal(Answer.Dug(1, 3), (await again.ReceiveAnswersAsync(1, 1))[0]);
        Assert.Single(grain.Played);
        await player.DisposeAsync();
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsGivenUpAndMayResume()
    {
        await using var host = await GatewayHost.StartAsync(options => options.SendTime = TimeSpan.FromSeconds(1));
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        host.Player("harbour", "ann").WideLooks = true;

        // 1,024 looks of 20 KB each are more than the sockets' buffers take.
        for (ulong i = 0; i < 16; i++)
        {
            await player.SendAsync((i * 64) + 1, 0, [.. Enumerable.Repeat(Command.Look, 64)]);
        }

        await Eventually.TrueAsync(() => host.Sessions().Connected == 0, "the socket is given up");
        var (again, next) = await RawPlayer.ResumeAsync(host.Address, joined, 0, 2);
        Assert.Equal(1025UL, next);
        Assert.All(await again.ReceiveAnswersAsync(1024, 1), answer => Assert.Equal(64, answer.Seen!.Players.Length));
        await player.DisposeAsync();
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Session_ResumedOnAnotherSocket_ReplacesTheFirst()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (first, _) = await RawPlayer.ResumeAsync(host.Address, joined);

        var (second, _) = await RawPlayer.ResumeAsync(host.Address, joined, 0, 2);

        Assert.Equal(CloseCode.Replaced, await first.ReceiveCloseAsync());
        await second.SendAsync(1, 0, Command.Where);
        Assert.Equal(ResultCode.Ok, (await second.ReceiveAnswersAsync(1, 1))[0].Result);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Session_JoinedAgain_EndsTheOlderOne()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        await host.JoinAsync("harbour", "ann");

        await player.SendAsync(1, 0, Command.Where);

        Assert.Equal(CloseCode.SessionOver, await player.ReceiveCloseAsync());
        Assert.Empty(host.Player("harbour", "ann").Played);
    }

    [Fact]
    public async Task Resume_ForAnswersThatWereConfirmed_GetsASnapshot()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        await player.SendAsync(1, 0, Command.Move(4, 5));
        await player.ReceiveAnswersAsync(1, 1);
        await player.SendAsync(2, 1, Command.Move(6, 7));
        await player.ReceiveAnswersAsync(1, 2);

        await using var again = await RawPlayer.ConnectAsync(host.Address, joined);
        await again.SendResumeAsync(0, 2);
        Assert.True(ServerFrames.TryReadSnapshot(await again.ReceiveAsync(), out var snapshot));
        Assert.Equal(new Snapshot(3, 6, 7, SnapshotReason.AnswersGone), snapshot);
        await again.ReceiveAsync();
        await again.SendAsync(3, 2, Command.Where);
        Assert.Equal(ResultCode.Ok, (await again.ReceiveAnswersAsync(1, 3))[0].Result);
        await player.DisposeAsync();
    }

    [Fact]
    public async Task Gateway_Stopping_SaysGoodbye()
    {
        var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));

        var closing = player.ReceiveCloseAsync();
        await host.DisposeAsync();

        Assert.Equal(CloseCode.GoingAway, await closing);
        await player.DisposeAsync();
    }

    [Fact]
    public async Task Gateway_Stopping_SendsItsPlayersAwayAFewAtATime_AndServesTheOthersUntilThen()
    {
        const int crowd = 7;
        const int first = 1;
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(clock: clock);
        host.Grains.Run("harbour");
        var players = new List<RawPlayer>();
        foreach (var number in Enumerable.Range(0, crowd))
        {
            players.Add((await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", $"p{number}"))).Player);
        }

        var closings = players.ConvertAll(player => player.ReceiveCloseAsync());
        var stopping = host.StopAsync();
        await Eventually.TrueAsync(() => closings.Count(closing => closing.IsCompleted) == first, "the first are sent away");

        var left = Enumerable.Range(0, crowd).Where(number => !closings[number].IsCompleted).ToList();
        Assert.Equal(crowd - first, left.Count);
        foreach (var number in left)
        {
            await players[number].SendAsync(1, 0, Command.Where);
            await Eventually.TrueAsync(() => host.Player("harbour", $"p{number}").Played.Count > 0, "who waits for their turn plays on");
        }

        await using var late = await RawPlayer.ConnectAsync(host.Address, players[0].Joined);
        await late.SendResumeAsync(0, 2);
        Assert.Equal(CloseCode.GoingAway, await late.ReceiveCloseAsync());
        Assert.All(left, number => Assert.False(closings[number].IsCompleted));

        await host.EndAsync(stopping);
        Assert.All(await Task.WhenAll(closings), code => Assert.Equal(CloseCode.GoingAway, code));
        foreach (var player in players)
        {
            await player.DisposeAsync();
        }
    }

    [Fact]
    public async Task Socket_ThatIsOld_IsClosedAndTheSessionGoesOn()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(options => (options.MaxSocketAge, options.SendTime) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)), clock: clock);
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        clock.Advance(TimeSpan.FromSeconds(29));
        await player.SendAsync(1, 0, Command.Where);
        await player.ReceiveAnswersAsync(1, 1);

        clock.Advance(TimeSpan.FromSeconds(62));

        Assert.Equal(1001, (int)await player.ReceiveCloseAsync());
        await player.DisposeAsync();
        var (again, next) = await RawPlayer.ResumeAsync(host.Address, joined, 1, 2);
        Assert.Equal(2UL, next);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Session_WithoutASocket_IsReportedAwayAndForgotten()
    {
        await using var host = await GatewayHost.StartAsync(options => (options.DetachAfter, options.ResumeTime) = (TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined);
        player.Drop();

        await Eventually.TrueAsync(() => host.Player("harbour", "ann").Detaches > 0, "the player is reported as away");
        await Eventually.TrueAsync(() => host.Sessions().Count == 0, "the session is forgotten");

        var (again, next) = await RawPlayer.ResumeAsync(host.Address, joined, 0, 2);
        Assert.Equal(1UL, next);
        await player.DisposeAsync();
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Hunt_ThatEnds_IsToldToItsPlayers()
    {
        await using var host = await GatewayHost.StartAsync();
        var hunt = host.Grains.Run("harbour");
        var (player, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        await using var __ = player;
        await player.SendAsync(1, 0, Command.Where);
        await player.ReceiveAnswersAsync(1, 1);
        await Eventually.TrueAsync(() => host.IsWatched("harbour"), "the gateway watches the hunt's course");

        await hunt.EndAsync();

        Assert.True(ServerFrames.TryReadHunt(await player.ReceiveAsync(), out var state));
        Assert.Equal(HuntState.Over, state);
    }

    [Fact]
    public async Task Json_SameCommands_GetTheSameAnswersAsBinary()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined, ProtocolLimits.JsonSubProtocol);
        await player.SendTextAsync($$$"""{"resume":{"token":"{{{joined.Token}}}"}}""");
        Assert.Equal("""{"resumed":{"next":1}}""", (await player.ReceiveJsonAsync()).GetRawText());
        Assert.Equal("""{"hunt":"running"}""", (await player.ReceiveJsonAsync()).GetRawText());

        await player.SendTextAsync("""[{"seq":1,"move":{"x":11,"y":12}},{"seq":2,"look":{}},{"seq":3,"drop-clue":{"x":1,"y":1,"text":""}}]""");
        await player.SendTextAsync("""{"seq":4,"dig":{"x":11,"y":12}}""");
        await player.SendTextAsync("""{"seq":5,"where":{}}""");
        await player.SendTextAsync("""{"seq":6,"leave":{}}""");
        var answers = new List<string>();
        while (answers.Count < 6)
        {
            answers.Add((await player.ReceiveJsonAsync()).GetRawText());
        }

        Assert.Equal(
            [
                """{"seq":1,"result":"ok","move":{"x":11,"y":12}}""",
                """{"seq":2,"result":"ok","look":{"players":{"total":1,"nearest":[{"name":"bob","x":9,"y":9}]},"clues":{"total":1,"nearest":[{"x":8,"y":8,"author":"eve","text":"Grüße"}]},"marks":{"total":1,"nearest":[{"x":7,"y":7}]}}}""",
                """{"seq":3,"result":"bad-text","drop-clue":{}}""",
                """{"seq":4,"result":"ok","dig":{"points":4,"treasure":3}}""",
                """{"seq":5,"result":"ok","where":{"x":11,"y":12,"points":77}}""",
                """{"seq":6,"result":"ok","leave":{}}""",
            ],
            answers);
        Assert.Equal((CloseCode)1000, await player.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Json_BadMessage_IsToldWhyAndClosed()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined, ProtocolLimits.JsonSubProtocol);
        await player.SendTextAsync("hello");

        var error = (await player.ReceiveJsonAsync()).GetProperty("error");

        Assert.Equal("bad-frame", error.GetProperty("code").GetString());
        Assert.Equal(CloseCode.BadFrame, await player.ReceiveCloseAsync());
    }
}
