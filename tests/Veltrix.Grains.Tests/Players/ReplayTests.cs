using CsCheck;
using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Players;

/// <summary>Any frames, with any repeats, overlaps and resumes: every sequence has one answer, whoever asks for it and however often.</summary>
public sealed class ReplayTests(GrainsCluster cluster)
{
    // What happens next: how many commands come anew, how many of the last are sent again before them, how far the client confirms, and
    // whether the grain goes first.
    private static readonly Gen<(int New, int Again, int Confirm, bool Goes)> Step =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 12], Gen.Int[0, 8], Gen.Int[0, 5].Select(static n => n == 0));

    [Fact]
    public async Task Play_AnyRepeatsAndResumes_EachSequenceHasOneAnswer() => await Step.Array[1, 25].SampleAsync(
        async steps =>
        {
            var hunt = await cluster.NewHuntAsync(rules: new HuntRules { RegionSize = 16, StepsPerSecond = 20, PaceSeconds = 2 });
            var player = await hunt.JoinAsync("ada", new Tile(14, 14));
            List<PlayerCommand> commands = [];
            List<CommandAnswer> answers = [];
            var confirmed = 0;
            var random = new SeededRandom((ulong)steps.Length);
            foreach (var (fresh, again, confirm, goes) in steps)
            {
                if (goes)
                {
                    await player.Grain.DeactivateAsync();
                }

                var first = Math.Max(confirmed, answers.Count - again);
                for (var i = 0; i < fresh; i++)
                {
                    var target = Tile.At(random.Between(10, 20), random.Between(10, 20));
                    commands.Add(random.Next(3) == 0
                        ? new PlayerCommand(CommandKind.DropClue, target, "x")
                        : new PlayerCommand(CommandKind.Move, target));
                }

                if (first < commands.Count)
                {
                    var reply = await player.Grain.PlayAsync(new PlayRequest(
                        player.Session, (ulong)first + 1, (ulong)confirmed, [.. commands[first..]], player.Last));
                    Assert.Equal(SessionStatus.Playing, reply.Status);
                    Assert.Equal(answers[first..], reply.Answers.Take(answers.Count - first));
                    answers.AddRange(reply.Answers.Skip(answers.Count - first));
                    player.Last = new Standpoint((ulong)answers.Count, reply.Tile);
                }

                var resumed = await player.Grain.ResumeAsync(new ResumeRequest(player.Session, (ulong)confirmed, player.Last));
                Assert.True(resumed.Whole);
                Assert.Equal(answers[confirmed..], resumed.Missed);
                confirmed = Math.Max(confirmed, answers.Count - confirm);
            }

            Assert.Equal(
                answers.Count(answer => answer is { Kind: CommandKind.DropClue, Result: CommandResult.Ok }), cluster.Ledger.Entries(hunt.Id).Length);
        },
        iter: 15,
        threads: 1);
}
