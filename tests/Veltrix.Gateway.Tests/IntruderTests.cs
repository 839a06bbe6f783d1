using System.Net.WebSockets;
using CsCheck;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

/// <summary>Nobody gets in by guessing, forging or repeating: each attempt is closed with its code and changes nothing.</summary>
public sealed class IntruderTests
{
    [Fact]
    public async Task Frame_ForgedInAnyByte_ChangesNothing()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        ulong attempt = 0;
        for (var at = 0; at < 41; at += 5)
        {
            var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined, 0, ++attempt);
            var frame = player.Frame(1, 0, Command.Move(3, 3));
            frame[at] ^= 0x10;
            await player.SendAsync(frame);
            Assert.True(await player.ReceiveCloseAsync() is CloseCode.BadSignature or CloseCode.BadFrame);
            await player.DisposeAsync();
        }

        Assert.Empty(host.Player("harbour", "ann").Played);
    }

    [Fact]
    public async Task Frame_OfAnotherSession_ChangesNothing()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var (ann, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        var (eve, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "eve"));

        await eve.SendAsync(ann.Frame(1, 0, Command.Move(3, 3)));

        Assert.Equal(CloseCode.BadSignature, await eve.ReceiveCloseAsync());
        Assert.Empty(host.Player("harbour", "ann").Played);
        Assert.Empty(host.Player("harbour", "eve").Played);
        await ann.DisposeAsync();
        await eve.DisposeAsync();
    }

    [Fact]
    public async Task Resume_WithAStrangersKeyOrABadTokenOrAnOldAttempt_IsClosed()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var ann = await host.JoinAsync("harbour", "ann");
        var eve = await host.JoinAsync("harbour", "eve");

        Assert.Equal(CloseCode.BadSignature, await ResumeAsync(host, eve, ann.Token, 5));
        Assert.Equal(CloseCode.BadToken, await ResumeAsync(host, ann, ann.Token[..^1] + (ann.Token[^1] == 'A' ? 'B' : 'A'), 5));
        Assert.Equal(CloseCode.BadToken, await ResumeAsync(host, ann, "v1.guess", 5));
        var (playing, _) = await RawPlayer.ResumeAsync(host.Address, ann, 0, 5);
        Assert.Equal(CloseCode.RepeatedResume, await ResumeAsync(host, ann, ann.Token, 5));
        Assert.Equal(CloseCode.RepeatedResume, await ResumeAsync(host, ann, ann.Token, 0));

        await playing.SendAsync(1, 0, Command.Where);
        Assert.Equal(ResultCode.Ok, (await playing.ReceiveAnswersAsync(1, 1))[0].Result);
        await playing.DisposeAsync();
    }

    [Fact]
    public async Task Frame_ThatBreaksARule_IsClosedWithItsCode()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        ulong attempt = 0;

        async Task<CloseCode> AfterAsync(Func<RawPlayer, Task> send)
        {
            var (player, _) = await RawPlayer.ResumeAsync(host.Address, joined, 0, ++attempt);
            await send(player);
            var code = await player.ReceiveCloseAsync();
            await player.DisposeAsync();
            return code;
        }

        Assert.Equal(CloseCode.BadSequence, await AfterAsync(player => player.SendAsync(2, 0, Command.Where)));
        Assert.Equal(CloseCode.BadSequence, await AfterAsync(player => player.SendAsync(1, 1, Command.Where)));
        Assert.Equal(CloseCode.BadFrame, await AfterAsync(player => player.SendTextAsync("{\"seq\":1,\"where\":{}}")));
        Assert.Equal(CloseCode.BadFrame, await AfterAsync(player => player.SendAsync([7, 7, 7])));
        Assert.Equal(CloseCode.BadFrame, await AfterAsync(player => player.SendAsync([])));
        Assert.Equal(CloseCode.TooLarge, await AfterAsync(player => player.SendAsync(new byte[ProtocolLimits.FrameBytes + 1])));
        Assert.Empty(host.Player("harbour", "ann").Played);
    }

    [Fact]
    public async Task Socket_ThatNeverResumes_IsClosedAsIdle()
    {
        await using var host = await GatewayHost.StartAsync(options => options.HandshakeTime = TimeSpan.FromSeconds(1));
        host.Grains.Run("harbour");
        await using var player = await RawPlayer.ConnectAsync(host.Address, await host.JoinAsync("harbour", "ann"));

        Assert.Equal(CloseCode.Idle, await player.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Socket_TooManyStrangersOfOneAddress_AreRefused()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxStrangersPerAddress = 2);
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        await using var one = await RawPlayer.ConnectAsync(host.Address, joined);
        await using var two = await RawPlayer.ConnectAsync(host.Address, joined);

        await Assert.ThrowsAsync<WebSocketException>(() => RawPlayer.ConnectAsync(host.Address, joined));

        await one.SendResumeAsync(0, 1);
        await one.SendAsync(1, 0, Command.Where);
        await one.ReceiveAnswersAsync(1, 1);
        await using var three = await RawPlayer.ConnectAsync(host.Address, joined);
    }

    [Fact]
    public async Task Json_WhereItIsNotAllowed_IsClosed()
    {
        await using var host = await GatewayHost.StartAsync(options => options.AllowJson = false);
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "ann");
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined, ProtocolLimits.JsonSubProtocol);

        await player.SendTextAsync($$$"""{"resume":{"token":"{{{joined.Token}}}"}}""");

        Assert.False(joined.Limits.Json);
        Assert.Equal(CloseCode.JsonNotAllowed, await player.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Garbage_OfAnyKind_HarmsNobodyElse()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var joined = await host.JoinAsync("harbour", "eve");
        var (ann, _) = await RawPlayer.ResumeAsync(host.Address, await host.JoinAsync("harbour", "ann"));
        ulong attempt = 0;

        var bytes = Gen.Byte.Array[0, 300];
        await Gen.Select(bytes, Gen.Bool, Gen.Bool, Gen.Int[0, 400]).SampleAsync(
            async garbage =>
            {
                var (noise, json, resumed, flip) = garbage;
                var player = await RawPlayer.ConnectAsync(host.Address, joined, json ? ProtocolLimits.JsonSubProtocol : ProtocolLimits.BinarySubProtocol);
                if (resumed && !json)
                {
                    await player.SendResumeAsync(0, Interlocked.Increment(ref attempt));
                    var frame = player.Frame(1, 0, Command.DropClue(1, 1, "hello"), Command.Look);
                    noise = flip < frame.Length ? [.. frame[..flip], (byte)(frame[flip] ^ 1), .. frame[(flip + 1)..]] : noise;
                }

                await player.SendAsync(noise, json && noise.Length % 2 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
                try
                {
                    await player.ReceiveCloseAsync();
                }
                catch (WebSocketException)
                {
                    // Text that is no UTF-8 breaks a rule of WebSockets themselves: the connection may end without our close.
                }

                await player.DisposeAsync();
            },
            iter: 60,
            threads: 2);

        await ann.SendAsync(1, 0, Command.Where);
        Assert.Equal(ResultCode.Ok, (await ann.ReceiveAnswersAsync(1, 1))[0].Result);
        Assert.Empty(host.Player("harbour", "eve").Played);
        await ann.DisposeAsync();
    }

    private static async Task<CloseCode> ResumeAsync(GatewayHost host, Veltrix.Protocol.Rest.JoinAnswer joined, string token, ulong attempt)
    {
        await using var player = await RawPlayer.ConnectAsync(host.Address, joined);
        await player.SendResumeAsync(0, attempt, token);
        return await player.ReceiveCloseAsync();
    }
}
