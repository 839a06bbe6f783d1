using Microsoft.Extensions.Time.Testing;
using Veltrix.Protocol;

namespace Veltrix.Client.Tests;

/// <summary>What a session does when nothing comes from its gateway.</summary>
public sealed class SilenceTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeCluster _cluster = new();
    private readonly RecordingSink _sink = new();
    private FakeGateway _first = null!;
    private FakeGateway _second = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await FakeGateway.StartAsync(_cluster);
        _second = await FakeGateway.StartAsync(_cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Gateway_ThatHangs_IsLeftForTheNextAndEachCommandIsPlayedOnce()
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Move(1, 1), Ended);
        var hang = new TaskCompletionSource();
        _cluster.Session.Held = hang.Task;

        var answer = session.SendAsync(Command.Move(2, 2), Ended).AsTask();
        await TicksUntilAsync(() => _second.Resumed == 1);

        Assert.Equal(Answer.Moved(2, 2), await answer);
        Assert.Equal(2, _cluster.Session.Applied.Count);
        hang.SetResult();
    }

    [Fact]
    public async Task Gateway_WhoseClusterHangs_AnswersPingsAndIsKept()
    {
        await using var session = await PlayAsync();
        _cluster.Session.IsMute = true;
        var answer = session.SendAsync(Command.Move(1, 1), Ended).AsTask();

        for (var pongs = 0; pongs < 2; pongs++)
        {
            var heard = session.Heard;
            await TicksUntilAsync(() => session.Heard > heard, quick: false);
        }

        Assert.Equal(0, session.Reconnects);
        Assert.False(answer.IsCompleted);
    }

    [Fact]
    public async Task Gateway_WithNothingToAnswer_MayBeSilent()
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Move(1, 1), Ended);
        var heard = session.Heard;

        for (var tick = 0; tick < 100; tick++)
        {
            Tick();
            await Task.Yield();
        }

        await session.SendAsync(Command.Move(2, 2), Ended);
        Assert.Equal(0, session.Reconnects);
        Assert.Equal(heard + 1, session.Heard);
    }

    private void Tick() => _clock.Advance(TimeSpan.FromSeconds(1));

    /// <summary>Lets time pass, but not before what a tick has caused had its time.</summary>
    private async Task TicksUntilAsync(Func<bool> condition, bool quick = true)
    {
        for (var tick = 0; tick < 30 && !condition(); tick++)
        {
            Tick();
            for (var wait = 0; wait < (quick ? 10 : 100) && !condition(); wait++)
            {
                await Task.Delay(10, Ended);
            }
        }

        Assert.True(condition());
    }

    private async Task<PlaySession> PlayAsync()
    {
        using var client = new VeltrixClient(_first.Address, new VeltrixClientOptions { OtherGateways = [_second.Address], Clock = _clock });
        return await client.PlayAsync(_cluster.Join("ann"), _sink, cancellationToken: Ended);
    }
}
