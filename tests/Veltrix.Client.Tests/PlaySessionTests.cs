using System.Net.Sockets;
using System.Net.WebSockets;
using CsCheck;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Client.Tests;

public sealed class PlaySessionTests : IAsyncLifetime
{
    private static readonly VeltrixClientOptions Quick = new()
    {
        FirstWait = TimeSpan.FromMilliseconds(10),
        LongestWait = TimeSpan.FromMilliseconds(50),
        ShareFrames = false,
    };

    // So many that chance does not leave out one of three gateways: once in ten thousand million runs.
    private const int Many = 60;

    private readonly FakeCluster _cluster = new();
    private readonly RecordingSink _sink = new();
    private FakeGateway _gateway = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await FakeGateway.StartAsync(_cluster);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Send_OfEachCommand_GivesItsAnswer()
    {
        await using var session = await PlayAsync();
        Assert.Equal(Answer.Moved(6, 7), await session.SendAsync(Command.Move(6, 7), Ended));
        Assert.Equal(Answer.Dug(3, 4), await session.SendAsync(Command.Dig(3, 4), Ended));
        Assert.Equal(Answer.Standing(1, 2, 3), await session.SendAsync(Command.Where, Ended));
        Assert.Equal(0, (await session.SendAsync(Command.Look, Ended)).Seen!.PlayersTotal);
        Assert.Equal(Answer.Of(CommandKind.DropClue, ResultCode.Ok), await session.SendAsync(Command.DropClue(1, 1, "Cold."), Ended));
        Assert.Equal(Command.DropClue(1, 1, "Cold."), _cluster.Session.Applied[^1]);
        Assert.Equal(5UL, session.LastSequence);
    }

    [Fact]
    public async Task SendFrame_OfSeveralCommands_IsOneFrameWithAnswersInOrder()
    {
        await using var session = await PlayAsync();
        var answers = await session.SendFrameAsync(new[] { Command.Move(1, 1), Command.Move(2, 2), Command.Dig(3, 3) }, Ended);
        Assert.Equal([Answer.Moved(1, 1), Answer.Moved(2, 2), Answer.Dug(3, 3)], answers);
        Assert.Equal([3], _cluster.Session.Frames);
    }

    [Fact]
    public async Task Post_WithoutWaiting_IsAnsweredToTheSinkInOrder()
    {
        await using var session = await PlayAsync();
        for (ushort i = 1; i <= 500; i++)
        {
            Assert.True(session.TryPost(Command.Move(i, i), out var sequence));
            Assert.Equal(i, sequence);
        }

        await session.DrainAsync(Ended);
        Assert.Equal(Enumerable.Range(1, 500).Select(i => new AnswerReceived((ulong)i, Answer.Moved((ushort)i, (ushort)i))), _sink.Answers);
        Assert.Equal(500, _cluster.Session.Frames.Count);
    }

    [Fact]
    public async Task Frames_WhoseAnswersWereLost_AreAnsweredAfterComingBackAndAppliedOnce()
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Move(1, 1), Ended);
        _cluster.Session.CutsAfterFrame = frames => frames == 2;
        var answers = await session.SendFrameAsync(new[] { Command.Move(2, 2), Command.Dig(9, 9) }, Ended);
        Assert.Equal([Answer.Moved(2, 2), Answer.Dug(9, 9)], answers);
        Assert.Equal([Command.Move(1, 1), Command.Move(2, 2), Command.Dig(9, 9)], _cluster.Session.Applied);
        Assert.Equal([0UL, 1UL], _cluster.Session.Resumes.Select(r => r.LastSequence));
        Assert.True(_cluster.Session.Resumes[1].Attempt > _cluster.Session.Resumes[0].Attempt);
        Assert.Equal(1, session.Reconnects);
        await session.SendAsync(Command.Where, Ended);
        Assert.Equal(3UL, _cluster.Session.Received);
    }

    [Fact]
    public async Task Session_WhoseSocketIsCutAgainAndAgain_GetsEachAnswerOnce()
    {
        await using var session = await PlayAsync();
        var random = 7u;
        _cluster.Session.CutsAfterFrame = _ => (random = (random * 1664525) + 1013904223) >> 28 == 0;
        for (ushort i = 1; i <= 400; i++)
        {
            Assert.Equal(Answer.Moved(i, 1), i % 4 == 0 ? await session.SendAsync(Command.Move(i, 1), Ended) : Posted(session, Command.Move(i, 1)));
        }

        await session.DrainAsync(Ended);
        Assert.True(session.Reconnects > 5, $"Only {session.Reconnects} reconnects.");
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (ulong)i), _sink.Answers.Select(a => a.Sequence));
        Assert.Equal(Enumerable.Range(1, 400).Select(i => Command.Move((ushort)i, 1)), _cluster.Session.Applied);
    }

    [Fact]
    public async Task Commands_PostedWhileTheSocketIsGone_WaitForTheNext()
    {
        var addresses = _gateway.Address;
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Where, Ended);
        _gateway.CutAll();
        await _sink.Of("disconnected");
        Assert.Equal(Answer.Moved(8, 8), await session.SendAsync(Command.Move(8, 8), Ended));
        Assert.Equal(addresses, _gateway.Address);
    }

    [Fact]
    public async Task Gateway_GoingAway_IsReplacedByAnother()
    {
        await using var second = await FakeGateway.StartAsync(_cluster);
        await using var session = await PlayAsync(new VeltrixClientOptions { OtherGateways = [second.Address] });
        await session.SendAsync(Command.Move(1, 1), Ended);
        await _gateway.CloseAllAsync(CloseCode.GoingAway);
        await _sink.Of("resumed");
        Assert.Equal(Answer.Moved(2, 2), await session.SendAsync(Command.Move(2, 2), Ended));
        Assert.Equal(1, second.Resumed);
    }

    [Fact]
    public async Task Gateway_ThatDied_IsReplacedByAnotherWithoutAWait()
    {
        await using var second = await FakeGateway.StartAsync(_cluster);
        var never = TimeSpan.FromHours(1);
        await using var session = await PlayAsync(new VeltrixClientOptions { OtherGateways = [second.Address], FirstWait = never, LongestWait = never });
        await session.SendAsync(Command.Move(1, 1), Ended);
        await _gateway.DisposeAsync();
        Assert.Equal(Answer.Moved(2, 2), await session.SendAsync(Command.Move(2, 2), Ended));
        Assert.Equal(1, second.Resumed);
    }

    [Fact]
    public async Task Sessions_WhoseGatewayGoes_SpreadOverAllOthers()
    {
        var (second, third) = await ScatterAsync(gateway => gateway.CloseAllAsync(CloseCode.GoingAway));
        Assert.Equal(Many, second + third);
        Assert.NotInRange(second, 0, 0);
        Assert.NotInRange(third, 0, 0);
    }

    [Fact]
    public async Task Sessions_WhoseSocketsAreOld_SpreadOverAllGateways()
    {
        var (second, third) = await ScatterAsync(gateway => gateway.CloseAllAsync(WebSocketCloseStatus.EndpointUnavailable, "This socket is old."));
        Assert.NotInRange(second, 0, 0);
        Assert.NotInRange(third, 0, 0);
        Assert.NotInRange(Many - second - third, int.MinValue, 0);
    }

    [Fact]
    public async Task Window_Full_LetsPostsFailAndSendsWait()
    {
        await using var session = await PlayAsync();
        var hold = new TaskCompletionSource();
        _cluster.Session.Held = hold.Task;
        for (var i = 0; i < ProtocolLimits.Unanswered; i++)
        {
            Assert.True(session.TryPost(Command.Where, out _));
        }

        Assert.False(session.TryPost(Command.Where, out var sequence));
        Assert.Equal(0UL, sequence);
        var send = session.SendAsync(Command.Move(1, 1), Ended).AsTask();
        Assert.False(send.IsCompleted);
        Assert.Equal(ProtocolLimits.Unanswered, session.Unanswered);
        hold.SetResult();
        Assert.Equal(Answer.Moved(1, 1), await send);
    }

    [Fact]
    public async Task Commands_ThatMayShareFrames_DoSoWhileTheSocketIsGone()
    {
        await using var session = await PlayAsync(new VeltrixClientOptions());
        await session.SendAsync(Command.Where, Ended);
        _gateway.CutAll();
        await _sink.Of("disconnected");
        for (var i = 0; i < 100; i++)
        {
            session.TryPost(Command.Where, out _);
        }

        await session.DrainAsync(Ended);
        Assert.True(_cluster.Session.Frames.Count < 20, $"{_cluster.Session.Frames.Count} frames for 101 commands.");
    }

    [Fact]
    public async Task Snapshot_AfterAnswersAreGone_AnswersThemAsUnknown()
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Where, Ended);
        _cluster.Session.CutsAfterFrame = frames => frames == 2;
        _cluster.Session.Forgets = true;
        Assert.Equal(Answer.Of(CommandKind.Move, ResultCode.Unknown), await session.SendAsync(Command.Move(2, 2), Ended));
        await _sink.Of("snapshot 3 9 9 FellBack");
        Assert.Equal(Answer.Moved(3, 3), await session.SendAsync(Command.Move(3, 3), Ended));
        Assert.Equal([1UL, 2UL, 3UL], _sink.Answers.Select(a => a.Sequence));
    }

    [Theory]
    [InlineData(CloseCode.SessionOver, typeof(SessionOverException))]
    [InlineData(CloseCode.Replaced, typeof(SessionReplacedException))]
    [InlineData(CloseCode.BadFrame, typeof(PlayRefusedException))]
    [InlineData(CloseCode.BadSignature, typeof(PlayRefusedException))]
    [InlineData(CloseCode.TooLarge, typeof(PlayRefusedException))]
    public async Task Close_ThatIsFinal_EndsTheSessionWithItsException(CloseCode code, Type expected)
    {
        await using var session = await PlayAsync();
        _cluster.Session.ClosesWith = code;
        var e = await Assert.ThrowsAnyAsync<PlayEndedException>(async () => await session.SendAsync(Command.Where, Ended));
        Assert.IsType(expected, e);
        Assert.Contains("Told to.", e.Message, StringComparison.Ordinal);
        await _sink.Of($"ended {expected.Name}");
        await session.Completion;
        Assert.Same(e, session.EndReason);
        Assert.False(session.TryPost(Command.Where, out _));
        await Assert.ThrowsAsync(expected, async () => await session.SendAsync(Command.Where, Ended));
        Assert.Equal(0, session.Reconnects);
    }

    [Theory]
    [InlineData(CloseCode.Internal)]
    [InlineData(CloseCode.Idle)]
    [InlineData(CloseCode.BadSequence)]
    [InlineData(CloseCode.RepeatedResume)]
    public async Task Close_ThatIsNotFinal_IsFollowedByAResume(CloseCode code)
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Where, Ended);
        await _gateway.CloseAllAsync(code);
        await _sink.Of("resumed");
        Assert.Equal(Answer.Moved(1, 1), await session.SendAsync(Command.Move(1, 1), Ended));
    }

    [Fact]
    public async Task Start_WithAnUnknownToken_IsRefused()
    {
        using var client = new VeltrixClient(_gateway.Address);
        var joined = _cluster.Join("ann") with { Token = "another" };
        var e = await Assert.ThrowsAsync<PlayRefusedException>(() => client.PlayAsync(joined, cancellationToken: Ended));
        Assert.Equal(CloseCode.BadToken, e.Code);
    }

    [Fact]
    public async Task Session_ThatNoGatewayTakesUp_IsGivenUp()
    {
        await using var session = await PlayAsync(new VeltrixClientOptions { GiveUpAfter = TimeSpan.Zero });
        await session.SendAsync(Command.Where, Ended);
        await _gateway.DisposeAsync();
        await session.Completion.WaitAsync(TimeSpan.FromSeconds(20), Ended);
        Assert.IsType<GatewayUnreachableException>(session.EndReason);
    }

    [Fact]
    public async Task Session_ThatIsLostAtOnceAfterEachResume_IsGivenUp()
    {
        await using var session = await PlayAsync(new VeltrixClientOptions { GiveUpAfter = TimeSpan.FromMilliseconds(300), FirstWait = TimeSpan.FromMilliseconds(20) });
        _cluster.Session.ClosesWith = CloseCode.Internal;
        session.TryPost(Command.Where, out _);
        await session.Completion.WaitAsync(TimeSpan.FromSeconds(20), Ended);
        Assert.IsType<GatewayUnreachableException>(session.EndReason);
        Assert.InRange(_cluster.Session.Resumes.Count, 2, 12);
    }

    [Fact]
    public async Task Answers_AsAStream_ComeInOrder()
    {
        await using var session = await PlayAsync();
        var read = Task.Run(
            async () =>
            {
                var seen = new List<ulong>();
                await foreach (var answer in session.AnswersAsync(Ended))
                {
                    seen.Add(answer.Sequence);
                    if (seen.Count == 3000)
                    {
                        break;
                    }
                }

                return seen;
            },
            Ended);
        var done = 0;
        while (!read.IsCompleted)
        {
            await session.SendAsync(Command.Move((ushort)(++done % 100), 1), Ended);
        }

        var sequences = await read;
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => sequences[0] + (ulong)i), sequences);
    }

    [Fact]
    public async Task Answers_WithoutAReaderThatKeepsUp_HoldTheSessionBack()
    {
        await using var session = await PlayAsync();
        await using var stream = session.AnswersAsync(Ended).GetAsyncEnumerator(Ended);
        var first = stream.MoveNextAsync();
        for (var i = 0; i < 2 * ProtocolLimits.Unanswered; i++)
        {
            session.TryPost(Command.Where, out _);
        }

        Assert.True(await first);
        for (var i = 2UL; i <= ProtocolLimits.Unanswered; i++)
        {
            Assert.True(await stream.MoveNextAsync());
            Assert.Equal(i, stream.Current.Sequence);
        }
    }

    [Fact]
    public async Task Pushes_WhileWatching_ReachTheSinkAndTheWishOutlivesTheSocket()
    {
        await using var session = await PlayAsync();
        session.Watch(true);
        await session.SendAsync(Command.Where, Ended);
        var buffer = new byte[ViewFrames.MostBytes];
        await _gateway.PushAsync(buffer[..ViewFrames.WriteEnter(buffer, [new Entered(3, 1, 2, "bob")])]);
        await _gateway.PushAsync(buffer[..ViewFrames.WriteMoved(buffer, [new Walked(3, 4, 5)])]);
        await _gateway.PushAsync(buffer[..ViewFrames.WriteLeave(buffer, [3])]);
        await _gateway.PushAsync(buffer[..ServerFrames.WriteNotice(buffer, "Ten minutes to go.")]);
        await _gateway.PushAsync([0xF0, 1, 2, 3]);
        await _sink.Of("notice Ten minutes to go.");
        Assert.Equal(["hunt Running", "entered 3 bob", "walked 3 4 5", "left 3", "notice Ten minutes to go."], _sink.Heard);
        _gateway.CutAll();
        await _sink.Of("resumed");
        await session.SendAsync(Command.Where, Ended);
        Assert.Equal([true, true], _cluster.Session.Watches);
    }

    [Fact]
    public async Task Look_LargerThanTheSmallBuffer_IsReadWhole()
    {
        await using var session = await PlayAsync();
        var clues = Enumerable.Range(0, 32).Select(i => new SeenClue((ushort)i, 1, "bob", new string('x', 140))).ToArray();
        _cluster.Session.Judge = _ => Answer.Saw(new Sighting { CluesTotal = 99, Clues = clues });
        var answers = await session.SendFrameAsync(Enumerable.Repeat(Command.Look, 64).ToArray(), Ended);
        Assert.All(answers, answer => Assert.Equal(clues, answer.Seen!.Clues.ToArray()));
    }

    [Fact]
    public async Task Frame_ThatBreaksTheProtocol_EndsTheSession()
    {
        await using var session = await PlayAsync();
        await session.SendAsync(Command.Where, Ended);
        await _gateway.PushAsync([(byte)FrameType.Answers, 1, 0, 0]);
        await session.Completion.WaitAsync(TimeSpan.FromSeconds(20), Ended);
        Assert.IsType<PlayProtocolException>(session.EndReason);
    }

    [Fact]
    public async Task Frames_OfAnyBytes_EndOrKeepTheSessionButNothingElse()
    {
        await Gen.Select(Gen.Byte[0x80, 0x8B], Gen.Byte.Array[0, 60]).SampleAsync(
            async (type, bytes) =>
            {
                var cluster = new FakeCluster();
                await using var gateway = await FakeGateway.StartAsync(cluster);
                using var client = new VeltrixClient(gateway.Address, Quick);
                await using var session = await client.PlayAsync(cluster.Join("ann"));
                await session.SendAsync(Command.Where);
                await gateway.PushAsync([type, .. bytes]);
                gateway.CutAll();
                await (await Task.WhenAny(session.Completion, session.SendAsync(Command.Where).AsTask().ContinueWith(t => t.Exception is null, TaskScheduler.Default)));
                Assert.True(session.EndReason is null or PlayProtocolException, session.EndReason?.ToString());
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public async Task Session_PlayedOnByAnotherProcess_HearsWhatTheFirstMissed()
    {
        var joined = _cluster.Join("ann");
        using var client = new VeltrixClient(_gateway.Address, Quick);
        await using (var first = await client.PlayAsync(joined, cancellationToken: Ended))
        {
            await first.SendFrameAsync(new[] { Command.Move(1, 1), Command.Move(2, 2), Command.Move(3, 3) }, Ended);
        }

        await using var second = await client.PlayAsync(joined, _sink, lastSequence: 1, Ended);
        Assert.Equal(Answer.Moved(4, 4), await second.SendAsync(Command.Move(4, 4), Ended));
        Assert.Equal([2UL, 3UL, 4UL], _sink.Answers.Select(a => a.Sequence));
    }

    [Fact]
    public async Task Dispose_SaysGoodbyeAndFailsWhatIsLeft()
    {
        var session = await PlayAsync();
        var hold = new TaskCompletionSource();
        _cluster.Session.Held = hold.Task;
        var send = session.SendAsync(Command.Where, Ended).AsTask();
        var dispose = session.DisposeAsync();
        hold.SetResult();
        await dispose;
        await Task.WhenAny(send);
        Assert.True(send.IsCompletedSuccessfully || send.Exception?.InnerException is ObjectDisposedException);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await _gateway.Goodbye.Task.WaitAsync(TimeSpan.FromSeconds(20), Ended));
        Assert.Null(session.EndReason);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.SendAsync(Command.Where, Ended));
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Leave_EndsTheSessionWithoutAnException()
    {
        var session = await PlayAsync();
        await session.LeaveAsync(Ended);
        await _sink.Of("ended ");
        Assert.Null(session.EndReason);
        Assert.Equal([Command.Leave], _cluster.Session.Applied);
    }

    [Fact]
    public async Task Sink_ThatThrows_EndsTheSession()
    {
        using var client = new VeltrixClient(_gateway.Address, Quick);
        await using var session = await client.PlayAsync(_cluster.Join("ann"), new ThrowingSink(), cancellationToken: Ended);
        session.TryPost(Command.Where, out _);
        await session.Completion.WaitAsync(TimeSpan.FromSeconds(20), Ended);
        Assert.IsType<SinkFailedException>(session.EndReason);
    }

    [Fact]
    public async Task Gateway_WithTls_IsPlayedAsWell()
    {
        await using var gateway = await FakeGateway.StartAsync(_cluster, tls: true);
        Assert.Equal("https", gateway.Address.Scheme);
        using var client = new VeltrixClient(gateway.Address, new VeltrixClientOptions { ServerCertificate = (_, certificate, _, _) => certificate?.Subject == "CN=127.0.0.1" });
        await using var session = await client.PlayAsync(_cluster.Join("ann"), cancellationToken: Ended);
        Assert.Equal(Answer.Moved(1, 1), await session.SendAsync(Command.Move(1, 1), Ended));

        using var distrustful = new VeltrixClient(gateway.Address, new VeltrixClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        await Assert.ThrowsAsync<GatewayUnreachableException>(() => distrustful.PlayAsync(_cluster.Join("bob"), cancellationToken: Ended));
    }

    [Fact]
    public async Task Socket_WithSomethingUnderWay_IsGivenUpByTcpSoonerThanByItself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux alone has the setting.");
        var milliseconds = new byte[sizeof(int)];
        await using var session = await PlayAsync(new VeltrixClientOptions
        {
            Connect = async (tcp, to, stop) =>
            {
                const int TcpUserTimeout = 18;
                tcp.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, milliseconds);
                await tcp.ConnectAsync(to, stop);
                return new NetworkStream(tcp, ownsSocket: true);
            },
        });

        Assert.Equal(10_000, BitConverter.ToInt32(milliseconds));
    }

    private async Task<PlaySession> PlayAsync(VeltrixClientOptions? options = null)
    {
        using var client = new VeltrixClient(_gateway.Address, options ?? Quick);
        return await client.PlayAsync(_cluster.Join("ann"), _sink, cancellationToken: Ended);
    }

    /// <summary>Lets many sessions of one gateway lose their sockets there, and counts who came back at each of two others.</summary>
    private async Task<(int Second, int Third)> ScatterAsync(Func<FakeGateway, Task> close)
    {
        await using var second = await FakeGateway.StartAsync(_cluster);
        await using var third = await FakeGateway.StartAsync(_cluster);
        using var client = new VeltrixClient(_gateway.Address, new VeltrixClientOptions { OtherGateways = [second.Address, third.Address] });
        var players = Enumerable.Range(0, Many).Select(_ => new RecordingSink()).ToArray();
        var sessions = await Task.WhenAll(players.Select((sink, i) => client.PlayAsync(_cluster.Join($"p{i}"), sink, cancellationToken: Ended)));
        await Task.WhenAll(sessions.Select(session => session.SendAsync(Command.Where, Ended).AsTask()));
        await close(_gateway);
        await Task.WhenAll(players.Select(sink => sink.Of("resumed")));
        var came = (second.Resumed, third.Resumed);
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        return came;
    }

    private static Answer Posted(PlaySession session, Command command)
    {
        Assert.True(session.TryPost(command, out _));
        return Answer.Moved(command.X, command.Y);
    }

    private sealed class ThrowingSink : IPlaySink
    {
        public void OnAnswers(ulong first, ReadOnlySpan<Answer> answers) => throw new InvalidOperationException("The sink's own fault.");
    }
}
