using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Players;

public sealed class PlayerGrainTests(GrainsCluster cluster)
{
    private static readonly PlayerCommand Look = new(CommandKind.Look);
    private static readonly PlayerCommand Where = new(CommandKind.Where);

    [Fact]
    public async Task Play_MixedFrame_AnswersInOrderAndSeesItsOwnEffects()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);

        var reply = await player.PlayAsync(
            Dig(treasure.Tile), new PlayerCommand(CommandKind.DropClue, treasure.Tile, "Nothing left"), Look, Dig(treasure.Tile), Where);

        Assert.Equal(
            [CommandResult.Ok, CommandResult.Ok, CommandResult.Ok, CommandResult.Taken, CommandResult.Ok], reply.Answers.Select(a => a.Result));
        Assert.Equal((treasure.Points, treasure.Id), (reply.Answers[0].Points, reply.Answers[0].Treasure));
        var seen = reply.Answers[2].Seen!;
        Assert.Equal((0, 1, 1), (seen.PlayerCount, seen.ClueCount, seen.MarkCount));
        Assert.Equal(new SeenClue(treasure.Tile, player.Id, "Nothing left"), Assert.Single(seen.Clues));
        Assert.Equal(treasure.Points, reply.Answers[4].Points);
        Assert.Equal(2, cluster.Ledger.Entries(hunt.Id).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Play_WalksInsideARegion_AreSeenByTheNextLook(bool regionWasAway)
    {
        var hunt = await cluster.NewHuntAsync();
        var ada = await hunt.JoinAsync("ada", new Tile(8, 8));
        var bob = await hunt.JoinAsync("bob", new Tile(8, 10));
        if (regionWasAway)
        {
            // Asked for once, so that the new activation is there: a walk that is handed on from the old one may come later than the look.
            await hunt.Region(new Tile(8, 8)).DeactivateAsync();
            await hunt.Region(new Tile(8, 8)).DepartAsync(new PlayerId("eve"), default);
        }

        await ada.PlayAsync(Move(9, 8), Move(10, 9));

        Assert.Equal([new SeenPlayer(ada.Id, new Tile(10, 9))], (await bob.DoAsync(Look)).Seen!.Players);
    }

    [Fact]
    public async Task Play_EightCommandsOfOneRegion_MakesOneAppend()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var drop = new PlayerCommand(CommandKind.DropClue, new Tile(8, 8), "x");

        await player.PlayAsync(drop, drop, Move(9, 8), drop, drop, Move(8, 8), drop, drop);

        Assert.Equal(1, cluster.Ledger.Appends(hunt.Id));
    }

    [Fact]
    public async Task Play_CommandsThatCannotBe_SaysWhyAndChangesNothing()
    {
        var hunt = await cluster.NewHuntAsync(TestMaps.Open(64, 64, new Tile(9, 8), new Tile(63, 63), new Tile(62, 63), new Tile(63, 62)));
        var free = FreeTile(hunt, new Tile(8, 8));
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));

        var reply = await player.PlayAsync(
            Move(9, 8),
            Move(30, 8),
            new PlayerCommand(CommandKind.Move, new Tile(5000, 8)),
            new PlayerCommand(CommandKind.DropClue, new Tile(9, 8), "x"),
            new PlayerCommand(CommandKind.DropClue, new Tile(40, 8), "x"),
            new PlayerCommand(CommandKind.DropClue, new Tile(8, 8)),
            new PlayerCommand(CommandKind.DropClue, new Tile(8, 8), new string('x', 141)),
            Dig(free),
            Dig(new Tile(9, 8)),
            Dig(new Tile(40, 8)),
            new PlayerCommand(CommandKind.Move, new Tile(8, 9), RefusedMilliseconds: 70));

        Assert.Equal(
            [
                CommandResult.Blocked, CommandResult.TooFar, CommandResult.TooFar, CommandResult.Blocked, CommandResult.TooFar, CommandResult.BadText,
                CommandResult.BadText, CommandResult.Empty, CommandResult.Blocked, CommandResult.TooFar, CommandResult.Busy,
            ],
            reply.Answers.Select(a => a.Result));
        Assert.Equal(70, reply.Answers[^1].RetryMilliseconds);
        Assert.Equal(new Tile(8, 8), reply.Tile);
        Assert.Empty(cluster.Ledger.Entries(hunt.Id));
    }

    [Fact]
    public async Task Play_FasterThanTheRules_SaysHowLongToWait()
    {
        var hunt = await cluster.NewHuntAsync(rules: new HuntRules { RegionSize = 16, StepsPerSecond = 2, PaceSeconds = 2 });
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));

        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Move(12, 8))).Result);
        var answer = await player.DoAsync(Move(11, 8));

        Assert.Equal((CommandResult.TooFast, 500), (answer.Result, answer.RetryMilliseconds));
    }

    [Fact]
    public async Task Play_HuntNotStarted_OnlyWhereAndLeaveAreDone()
    {
        var hunt = await cluster.NewHuntAsync(start: false);
        var player = await hunt.JoinAsync("ada");

        var reply = await player.PlayAsync(Move(player.Tile.X, player.Tile.Y), Look, Dig(player.Tile), Where);

        Assert.Equal(
            [CommandResult.NotStarted, CommandResult.NotStarted, CommandResult.NotStarted, CommandResult.Ok], reply.Answers.Select(a => a.Result));
    }

    [Fact]
    public async Task Play_Repeat_GetsTheFirstAnswersWhateverItSays()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var request = player.Request(Move(9, 8), Move(9, 8), Move(40, 8));
        var first = await player.Grain.PlayAsync(request);

        var other = await player.Grain.PlayAsync(request with { Commands = [Move(1, 1), Look, Move(2, 2), Move(10, 8)] });

        Assert.Equal(first.Answers, other.Answers.Take(3));
        Assert.Equal(new CommandAnswer(CommandKind.Move, CommandResult.Ok, new Tile(10, 8)), other.Answers[3]);
    }

    [Fact]
    public async Task Play_CommandsMissing_IsAGap()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(9, 8));

        var request = player.Request(Look);
        Assert.Equal(SessionStatus.Gap, (await player.Grain.PlayAsync(request with { First = 3, Received = 1 })).Status);
        Assert.Equal(SessionStatus.Gap, (await player.Grain.PlayAsync(request with { First = 0, Received = 0 })).Status);
        Assert.Equal(SessionStatus.Gap, (await player.Grain.PlayAsync(request with { Commands = [] })).Status);
        Assert.Equal(SessionStatus.Playing, (await player.Grain.PlayAsync(request)).Status);
    }

    [Fact]
    public async Task Play_AnswersThatWereConfirmed_AreGone()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        await player.PlayAsync(Move(9, 8));
        await player.PlayAsync(Move(10, 8));

        var repeat = new PlayRequest(player.Session, 1, 0, [Move(9, 8)], player.Last);
        Assert.Equal(SessionStatus.Gap, (await player.Grain.PlayAsync(repeat)).Status);
    }

    [Fact]
    public async Task Join_Newcomer_IsPutOnTheirSpawn()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");

        Assert.Equal(Spawns.For(hunt.Map, 7, "ada"), player.Tile);
        Assert.Equal(player.Session, cluster.Checkpoints.Of(hunt.Id, player.Id)!.Session);
    }

    [Fact]
    public async Task Join_Repeat_GetsTheSameAnswer()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");
        await player.PlayAsync(Where);

        Assert.Equal(new JoinReply(SessionStatus.Playing, player.Tile), await player.Grain.JoinAsync(player.Session));
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Where)).Result);
    }

    [Fact]
    public async Task Join_SecondSession_TakesOverAndKeepsThePlace()
    {
        var hunt = await cluster.NewHuntAsync();
        var first = await hunt.JoinAsync("ada", new Tile(8, 8));
        await first.PlayAsync(Move(9, 9));
        var second = await hunt.JoinAsync("ada");

        Assert.Equal(new Tile(9, 9), second.Tile);
        Assert.Equal(SessionStatus.SessionOver, (await first.Grain.PlayAsync(first.Request(Look))).Status);
        Assert.Equal(SessionStatus.SessionOver, (await first.Grain.ResumeAsync(new ResumeRequest(first.Session, 1))).Status);
        Assert.Equal(SessionStatus.SessionOver, (await first.Grain.JoinAsync(first.Session)).Status);
        Assert.Equal(CommandResult.Ok, (await second.DoAsync(Move(10, 9))).Result);
        Assert.Equal([new SeenPlayer(second.Id, new Tile(10, 9))], (await hunt.Region(second.Tile).WatchAsync(new NoWatcher().In(cluster))).Players);
    }

    [Fact]
    public async Task Join_LateTryOfOneThatWasMadeAgain_DoesNotTakeOver()
    {
        var hunt = await cluster.NewHuntAsync();
        var (first, second) = (SessionId.Draw(cluster.Clock.GetUtcNow()), SessionId.Draw(cluster.Clock.GetUtcNow().AddMilliseconds(1)));
        var player = new TestPlayer(hunt, new PlayerId("ada"), second);
        Assert.Equal(SessionStatus.Playing, (await player.Grain.JoinAsync(second)).Status);

        Assert.Equal(SessionStatus.SessionOver, (await player.Grain.JoinAsync(first)).Status);

        Assert.Equal(SessionStatus.Playing, (await player.PlayAsync(Where)).Status);
    }

    [Fact]
    public async Task Join_AtAGatewayWhoseClockIsFarBehind_TakesOverLikeAnyOther()
    {
        var hunt = await cluster.NewHuntAsync();
        var now = cluster.Clock.GetUtcNow();
        var (first, second) = (SessionId.Draw(now), SessionId.Draw(now.AddMinutes(-2)));
        var player = new TestPlayer(hunt, new PlayerId("ada"), second);
        await player.Grain.JoinAsync(first);

        Assert.Equal(SessionStatus.Playing, (await player.Grain.JoinAsync(second)).Status);

        Assert.Equal(SessionStatus.Playing, (await player.PlayAsync(Where)).Status);
    }

    [Fact]
    public async Task Join_GuestWantsAnothersName_IsRefused()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");

        Assert.Equal(SessionStatus.NameTaken, (await player.Grain.JoinAsync(hunt.NewSession(), newcomer: true)).Status);
        Assert.Equal(SessionStatus.Playing, (await player.Grain.JoinAsync(player.Session, newcomer: true)).Status);
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Where)).Result);
    }

    [Fact]
    public async Task Join_NoSuchHunt_SaysSo()
    {
        var player = cluster.Grains.Player(new HuntId("nowhere"), new PlayerId("ada"));

        Assert.Equal(SessionStatus.NoHunt, (await player.JoinAsync(new SessionId(Guid.Empty))).Status);
        Assert.Equal(SessionStatus.NoHunt, (await player.ResumeAsync(new ResumeRequest(default, 0))).Status);
        Assert.Equal(SessionStatus.NoHunt, (await player.PlayAsync(new PlayRequest(default, 1, 0, [Look], default))).Status);
    }

    [Fact]
    public async Task Resume_NoSuchHunt_LeavesNoActivation()
    {
        var player = cluster.Grains.Player(new HuntId("nowhere"), new PlayerId("grace"));
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);

        await player.ResumeAsync(new ResumeRequest(default, 0));

        while (await management.GetActivationAddress(player) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Join_CheckpointFails_IsUnknownUntilRepeated(bool written)
    {
        var hunt = await cluster.NewHuntAsync();
        var player = new TestPlayer(hunt, new PlayerId("ada"), hunt.NewSession());
        _ = cluster.Checkpoints.FailNext(hunt.Id, player.Id, written);

        await Assert.ThrowsAnyAsync<Exception>(async () => await player.Grain.JoinAsync(player.Session));
        Assert.Equal(SessionStatus.Playing, (await player.Grain.JoinAsync(player.Session)).Status);
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Where)).Result);
        Assert.Equal(player.Session, cluster.Checkpoints.Of(hunt.Id, player.Id)!.Session);
    }

    [Fact]
    public async Task Leave_InAFrame_EndsTheSessionOnDisk()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var request = player.Request(Move(9, 8), new PlayerCommand(CommandKind.Leave), Move(10, 8));

        var reply = await player.Grain.PlayAsync(request);

        Assert.Equal([CommandResult.Ok, CommandResult.Ok, CommandResult.Left], reply.Answers.Select(a => a.Result));
        Assert.True(cluster.Checkpoints.Of(hunt.Id, player.Id)!.Left);
        Assert.Empty((await hunt.Region(new Tile(9, 8)).WatchAsync(new NoWatcher().In(cluster))).Players);

        // The client that missed the answer still gets it, also from a new activation.
        await player.Grain.DeactivateAsync();
        Assert.Equal(reply.Answers, (await player.Grain.PlayAsync(request)).Answers);
        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, 1));
        Assert.Equal((SessionStatus.SessionOver, 3UL, true), (resumed.Status, resumed.Applied, resumed.Whole));
        Assert.Equal([CommandResult.Ok, CommandResult.Left], resumed.Missed.Select(a => a.Result));
        Assert.Equal(new Tile(9, 8), (await hunt.JoinAsync("ada")).Tile);
    }

    [Fact]
    public async Task Resume_AfterLostAnswers_GetsEachOfThem()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var reply = await player.Grain.PlayAsync(player.Request(Move(9, 8), Look, Move(10, 8)));

        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 1));

        Assert.Equal((SessionStatus.Playing, 3UL, new Tile(10, 8), true), (resumed.Status, resumed.Applied, resumed.Tile, resumed.Whole));
        Assert.Equal(reply.Answers.Skip(1).Select(a => a.Result), resumed.Missed.Select(a => a.Result));
        Assert.Equal(reply.Answers[2], resumed.Missed[1]);
    }

    [Fact]
    public async Task Resume_InANewActivation_GetsTheAnswersFromTheCheckpoint()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var reply = await player.Grain.PlayAsync(player.Request(Move(9, 8), Move(10, 8)));
        await player.Grain.DeactivateAsync();

        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 0));

        Assert.True(resumed.Whole);
        Assert.Equal(reply.Answers, resumed.Missed);
    }

    [Fact]
    public async Task Play_SiloDiedBeforeTheCheckpoint_GoesOnFromWhatTheGatewayRemembers()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada", new Tile(8, 8));
        var joined = cluster.Checkpoints.Of(hunt.Id, player.Id)!;
        await player.PlayAsync(Move(12, 8), Move(14, 8));
        await DieAsync(hunt, player, joined);

        var answer = await player.DoAsync(Move(15, 9));

        Assert.Equal(new CommandAnswer(CommandKind.Move, CommandResult.Ok, new Tile(15, 9)), answer);
        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 0, player.Last));
        Assert.Equal((3UL, false), (resumed.Applied, resumed.Whole));
    }

    [Fact]
    public async Task Resume_GatewayAndSiloDied_FallsBackAndSpendsNoSequenceTwice()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        var joined = cluster.Checkpoints.Of(hunt.Id, player.Id)!;
        await player.PlayAsync(Where, Dig(treasure.Tile));
        await DieAsync(hunt, player, joined);

        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 1));

        Assert.Equal((SessionStatus.Playing, 1UL, false), (resumed.Status, resumed.Applied, resumed.Whole));
        (player.Next, player.Received, player.Last) = (2, 1, new Standpoint(resumed.Applied, resumed.Tile));
        var again = await player.PlayAsync(Dig(treasure.Tile), Where);
        Assert.Equal((CommandResult.Ok, treasure.Points), (again.Answers[0].Result, again.Answers[0].Points));
        Assert.Equal(treasure.Points, again.Answers[1].Points);
        Assert.Single(cluster.Ledger.Entries(hunt.Id));
    }

    [Fact]
    public async Task Play_AfterAFallBackFarFromWhatWasDone_AnswersWhatIsOnDisk()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var unclaimed = hunt.Plan.All[1];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        var joined = cluster.Checkpoints.Of(hunt.Id, player.Id)!;
        await player.PlayAsync(Where, Dig(treasure.Tile), Drop(treasure.Tile));
        var far = hunt.FarFrom(treasure.Tile, unclaimed.Tile);
        await DieAsync(hunt, player, joined with { Tile = far });

        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 1));

        Assert.Equal((1UL, far, false), (resumed.Applied, resumed.Tile, resumed.Whole));
        (player.Next, player.Received, player.Last) = (2, 1, new Standpoint(resumed.Applied, resumed.Tile));
        var again = await player.PlayAsync(Dig(treasure.Tile), Drop(treasure.Tile), Dig(unclaimed.Tile), Drop(treasure.Tile), Where);
        Assert.Equal(
            new CommandAnswer(CommandKind.Dig, CommandResult.Ok, treasure.Tile, treasure.Points, treasure.Id), again.Answers[0]);
        Assert.Equal(new CommandAnswer(CommandKind.DropClue, CommandResult.Ok, treasure.Tile), again.Answers[1]);
        Assert.Equal((CommandResult.TooFar, CommandResult.TooFar), (again.Answers[2].Result, again.Answers[3].Result));
        Assert.Equal((far, treasure.Points), (again.Answers[4].Tile, again.Answers[4].Points));
        Assert.Equal(2, cluster.Ledger.Entries(hunt.Id).Length);
    }

    [Fact]
    public async Task Resume_ClaimsAnswersThatCannotBe_IsAGap()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");

        Assert.Equal(SessionStatus.Gap, (await player.Grain.ResumeAsync(new ResumeRequest(player.Session, ulong.MaxValue))).Status);
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Where)).Result);
    }

    [Fact]
    public async Task Play_MoreThanTheWindowUnconfirmed_ForgetsTheOldest()
    {
        var hunt = await cluster.NewHuntAsync();
        var player = await hunt.JoinAsync("ada");
        var commands = Enumerable.Repeat(Where, 1024).ToArray();
        await player.Grain.PlayAsync(player.Request(commands));
        await player.Grain.PlayAsync(player.Request(Where) with { First = 1025, Last = new Standpoint(1024, player.Tile) });

        var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 1));
        Assert.Equal((true, 1024), (resumed.Whole, resumed.Missed.Length));
        Assert.False((await player.Grain.ResumeAsync(new ResumeRequest(player.Session, Received: 0))).Whole);
        Assert.Equal(SessionStatus.Gap, (await player.Grain.PlayAsync(player.Request([.. commands, Where]) with { First = 1026 })).Status);
    }

    /// <summary>Ends an activation as a crash does: what it wrote on its way out never came to be.</summary>
    private async Task DieAsync(TestHunt hunt, TestPlayer player, PlayerCheckpoint survives)
    {
        var gone = cluster.Checkpoints.WaitForAsync(hunt.Id, player.Id, saved => saved.Applied == player.Next - 1);
        await player.Grain.DeactivateAsync();
        await gone;
        cluster.Checkpoints.Put(survives);
    }

    private static Tile FreeTile(TestHunt hunt, Tile near) => Enumerable.Range(near.X - 3, 7)
        .Select(x => Tile.At(x, near.Y + 1))
        .First(tile => !hunt.Plan.TryFind(tile, out _));

    private static PlayerCommand Move(int x, int y) => new(CommandKind.Move, Tile.At(x, y));

    private static PlayerCommand Drop(Tile tile) => new(CommandKind.DropClue, tile, "look up");

    private static PlayerCommand Dig(Tile tile) => new(CommandKind.Dig, tile);
}
