using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Players;

/// <summary>The deaths of a write: a fault before it, its reply lost after it, a grain that goes while it is under way. Each is repeated.</summary>
public sealed class PlayerFaultTests(GrainsCluster cluster)
{
    private static readonly PlayerCommand Where = new(CommandKind.Where);

    [Theory]
    [InlineData(LedgerFault.Before)]
    [InlineData(LedgerFault.After)]
    public async Task Play_LedgerFaults_RepeatAnswersAsIfNothingHadHappened(LedgerFault fault)
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        cluster.Ledger.Fail(hunt.Id, fault);
        var request = player.Request(Where, Dig(treasure.Tile), Drop(treasure.Tile), Where);

        await Assert.ThrowsAnyAsync<Exception>(async () => await player.Grain.PlayAsync(request));
        var reply = player.Note(await player.Grain.PlayAsync(request), 4);

        Assert.All(reply.Answers, answer => Assert.Equal(CommandResult.Ok, answer.Result));
        Assert.Equal((0, treasure.Points, treasure.Points), (reply.Answers[0].Points, reply.Answers[1].Points, reply.Answers[3].Points));
        Assert.Equal(2, cluster.Ledger.Entries(hunt.Id).Length);
        Assert.Equal(treasure.Points, (await player.DoAsync(Where)).Points);
        Assert.Equal(1, (await player.DoAsync(new PlayerCommand(CommandKind.Look))).Seen!.ClueCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Play_GrainGoesWhileTheLedgerWrites_RepeatFindsTheClaim(bool regionGoes)
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        var (release, reached) = cluster.Ledger.Hold(hunt.Id);
        cluster.Ledger.Fail(hunt.Id, LedgerFault.After);
        var request = player.Request(Dig(treasure.Tile), Where);

        var first = player.Grain.PlayAsync(request).AsTask();
        await reached;
        if (regionGoes)
        {
            await hunt.Region(treasure.Tile).DeactivateAsync();
        }

        release.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => first);
        if (!regionGoes)
        {
            await player.Grain.DeactivateAsync();
        }

        var reply = await player.InsistAsync(Dig(treasure.Tile), Where);
        Assert.Equal([treasure.Points, treasure.Points], reply.Answers.Select(a => a.Points));
        Assert.Single(cluster.Ledger.Entries(hunt.Id));
    }

    [Fact]
    public async Task Play_LedgerIsBusy_SaysWhenToTryAgain()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        cluster.Ledger.Fail(hunt.Id, LedgerFault.Busy);

        var busy = await player.DoAsync(Dig(treasure.Tile));

        Assert.Equal((CommandResult.Busy, 250), (busy.Result, busy.RetryMilliseconds));
        Assert.Equal(CommandResult.Ok, (await player.DoAsync(Dig(treasure.Tile))).Result);
    }

    [Fact]
    public async Task Play_RepeatIsRefusedByTheGateway_WhatIsOnDiskIsStillAnswered()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        cluster.Ledger.Fail(hunt.Id, LedgerFault.After);
        var request = player.Request(Dig(treasure.Tile));
        await Assert.ThrowsAnyAsync<Exception>(async () => await player.Grain.PlayAsync(request));

        var refused = request with { Commands = [Dig(treasure.Tile) with { RefusedMilliseconds = 70 }] };
        Assert.Equal(CommandResult.Ok, player.Note(await player.Grain.PlayAsync(refused), 1).Answers[0].Result);
        Assert.Equal(CommandResult.Busy, (await player.DoAsync(Dig(treasure.Tile) with { RefusedMilliseconds = 70 })).Result);
    }

    [Fact]
    public async Task Play_ShardIsSealed_TheHuntIsOver()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var player = await hunt.JoinAsync("ada", treasure.Tile);
        cluster.Ledger.SealNow(hunt.Id, GrainKeys.ShardOf(player.Id, hunt.Rules.LedgerShards));

        Assert.Equal(CommandResult.HuntOver, (await player.DoAsync(Dig(treasure.Tile))).Result);
    }

    [Fact]
    public async Task Dig_ManyPlayersOneTreasure_HasOneWinner()
    {
        var hunt = await cluster.NewHuntAsync();
        var treasure = hunt.Plan.All[0];
        var players = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => hunt.JoinAsync($"p{i}", treasure.Tile)));

        var answers = await Task.WhenAll(players.Select(player => player.DoAsync(Dig(treasure.Tile))));

        Assert.Equal(treasure.Points, Assert.Single(answers, answer => answer.Result == CommandResult.Ok).Points);
        Assert.Equal(19, answers.Count(answer => answer.Result == CommandResult.Taken));
        Assert.Single(cluster.Ledger.Entries(hunt.Id));
        Assert.All(await Task.WhenAll(players.Select(player => player.DoAsync(Dig(treasure.Tile)))), a => Assert.Equal(CommandResult.Taken, a.Result));
    }

    /// <summary>Frames go on while grains go and the ledger faults; each answer is compared with what must be, whatever happened meanwhile.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Play_GrainsGoAndTheLedgerFaults_EveryAnswerIsRight(int seed)
    {
        var hunt = await cluster.NewHuntAsync(TestMaps.Open(48, 48), new HuntRules
        {
            RegionSize = 16,
            StepsPerSecond = 1000,
            PaceSeconds = 60,
            LedgerShards = 3,
            TreasuresPerThousand = 60,
        });
        var claims = new System.Collections.Concurrent.ConcurrentDictionary<int, PlayerId>();
        var totals = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => HuntAsync(hunt, $"p{i}", (ulong)((seed * 10) + i), claims)));

        var entries = cluster.Ledger.Entries(hunt.Id);
        Assert.Equal(claims.Count, entries.Count(entry => entry.Content.Kind == EntryKind.Claim));
        Assert.Equal(totals.Sum(), entries.Sum(entry => entry.Content.Points));
        Assert.NotEmpty(claims);
    }

    private async Task<long> HuntAsync(
        TestHunt hunt, string name, ulong seed, System.Collections.Concurrent.ConcurrentDictionary<int, PlayerId> claims)
    {
        var random = new SeededRandom(seed);
        var player = await hunt.JoinAsync(name, Tile.At(random.Next(48), random.Next(48)));
        var tile = player.Tile;
        var points = 0L;
        for (var frame = 0; frame < 40; frame++)
        {
            var commands = new PlayerCommand[random.Between(1, 6)];
            for (var i = 0; i < commands.Length; i++)
            {
                var target = Tile.At(Math.Clamp(tile.X + random.Between(-6, 6), 0, 47), Math.Clamp(tile.Y + random.Between(-6, 6), 0, 47));
                var near = hunt.Plan.All.Where(t => t.Tile.StepsTo(tile) <= hunt.Rules.Reach).ToList();
                commands[i] = random.Next(4) switch
                {
                    0 when near.Count > 0 => Dig(near[random.Next(near.Count)].Tile),
                    1 => Where,
                    2 => Drop(tile),
                    _ => new PlayerCommand(CommandKind.Move, target),
                };
                tile = commands[i].Kind == CommandKind.Move ? commands[i].Target : tile;
            }

            switch (random.Next(6))
            {
                case 0:
                    cluster.Ledger.Fail(hunt.Id, random.Next(2) == 0 ? LedgerFault.Before : LedgerFault.After);
                    break;
                case 1:
                    await player.Grain.DeactivateAsync();
                    break;
                case 2:
                    await hunt.Region(tile).DeactivateAsync();
                    break;
            }

            var at = player.Tile;
            var reply = await player.InsistAsync(commands);
            if (random.Next(3) == 0)
            {
                // The reply was lost: the same frame again, perhaps to another activation.
                var repeat = new PlayRequest(
                    player.Session, player.Next - (ulong)commands.Length, player.Next - (ulong)commands.Length - 1, [.. commands], player.Last);
                Assert.Equal(reply.Answers, (await player.Grain.PlayAsync(repeat)).Answers);
            }

            foreach (var (command, answer) in commands.Zip(reply.Answers))
            {
                Assert.Equal(command.Kind, answer.Kind);
                switch (command.Kind)
                {
                    case CommandKind.Move:
                        Assert.Equal((CommandResult.Ok, command.Target), (answer.Result, answer.Tile));
                        at = answer.Tile;
                        break;
                    case CommandKind.Where:
                        Assert.Equal((at, points), (answer.Tile, answer.Points));
                        break;
                    case CommandKind.Dig when answer.Result == CommandResult.Ok:
                        Assert.True(claims.TryAdd(answer.Treasure, player.Id), $"Treasure {answer.Treasure} was claimed twice.");
                        Assert.Equal(hunt.Plan.All[answer.Treasure], new Treasure(answer.Treasure, command.Target, answer.Points));
                        points += answer.Points;
                        break;
                    case CommandKind.Dig:
                        Assert.Equal(CommandResult.Taken, answer.Result);
                        break;
                    default:
                        Assert.Equal(CommandResult.Ok, answer.Result);
                        break;
                }
            }

            Assert.Equal(at, reply.Tile);
        }

        return points;
    }

    private static PlayerCommand Dig(Tile tile) => new(CommandKind.Dig, tile);

    private static PlayerCommand Drop(Tile tile) => new(CommandKind.DropClue, tile, "A clue");
}
