using Veltrix.World.Rules;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Players;

/// <summary>What a frame has to wait for: regions that share something with others, borders, the ledger.</summary>
internal sealed partial class PlayerFrame
{
    /// <summary>Plays what <see cref="Gather"/> left.</summary>
    public async ValueTask FinishAsync()
    {
        while (_next < commands.Length)
        {
            await FlushAsync();
            switch (_need)
            {
                case Need.Cross:
                    await CrossAsync(_next++);
                    break;
                case Need.Where:
                    await WhereAsync(_next++);
                    break;
                case Need.Leave:
                    await LeaveAsync(_next++);
                    break;
                case Need.Recall:
                    await RecallAsync(_next++);
                    break;
            }

            Gather();
        }

        await FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        if (_count == 0)
        {
            return;
        }

        var sending = SendAsync();
        if (_beyond is not { } beyond)
        {
            Take(await sending);
            return;
        }

        _beyond = null;
        var applying = sending.AsTask();
        var looks = new Task<Sighting>[beyond.Count];
        for (var i = 0; i < looks.Length; i++)
        {
            looks[i] = scene.Region(beyond[i].Region).LookAsync(player, beyond[i].Sight).AsTask();
        }

        await Task.WhenAll([applying, .. looks]);
        Take(await applying);
        for (var i = 0; i < looks.Length; i++)
        {
            ref var answer = ref Answers[beyond[i].Index];
            answer = answer with { Seen = Sightings.Merge(answer.Seen!, looks[i].GetAwaiter().GetResult(), beyond[i].Sight.Eye) };
        }
    }

    /// <summary>Plays a move into another region: the new one takes the player in while the old one lets them go.</summary>
    private async ValueTask CrossAsync(int index)
    {
        var target = commands[index].Target;
        var asOf = new OperationId(_before.Session, SequenceOf(index));
        var old = scene.Region(scene.Grid.RegionOf(_state.Tile));
        var step = new RegionStep(asOf.Sequence, CommandKind.Move, target);
        var arriving = scene.Region(scene.Grid.RegionOf(target)).ApplyAsync(
            new RegionRequest(player, _before.Session, [step], Stands: null) { Mark = CallMark.For(step.Sequence) }).AsTask();
        await Task.WhenAll(arriving, old.DepartAsync(player, asOf).AsTask());

        var outcome = (await arriving)[0];
        if (outcome.Result != CommandResult.Ok)
        {
            // No room over there: the player stays.
            await old.ArriveAsync(player, asOf, _state.Tile);
            Answers[index] = new CommandAnswer(CommandKind.Move, outcome.Result, _state.Tile, RetryMilliseconds: outcome.RetryMilliseconds);
            return;
        }

        _state = _state with { Tile = target, Pace = _paceOver };
        _untold = 0;
        Shown = true;
        Answers[index] = new CommandAnswer(CommandKind.Move, CommandResult.Ok, target);
    }

    private async ValueTask WhereAsync(int index)
    {
        if (Points is not { } known)
        {
            known = await archive.ReadPointsAsync(scene.Hunt, scene.ShardOf(player), player);
            (Points, _pointsReadAt) = (known, index);
        }

        Answers[index] = new CommandAnswer(CommandKind.Where, CommandResult.Ok, _state.Tile, known);
    }

    /// <summary>
    /// A player who fell back stands elsewhere than at the first try, and so may be too far off now from what they did in time: the ledger knows.
    /// </summary>
    private async ValueTask RecallAsync(int index)
    {
        ref readonly var command = ref commands.ItemRef(index);
        var treasure = default(Treasure);
        if (command.Kind == CommandKind.Dig && !scene.Plan.TryFind(command.Target, out treasure))
        {
            return;
        }

        if (await scene.Shard(player).FindAsync(new OperationId(_before.Session, SequenceOf(index))) is { } found)
        {
            Answers[index] = new CommandAnswer(commands[index].Kind, CommandResult.Ok, commands[index].Target, found.Points, treasure.Id);
            Score(index, found.Points, repeated: true);
        }
    }

    private async ValueTask LeaveAsync(int index)
    {
        await scene.Region(scene.Grid.RegionOf(_state.Tile)).DepartAsync(player, new OperationId(_before.Session, SequenceOf(index)));
        _state = _state with { Left = true };
        _untold = 0;
        Answers[index] = new CommandAnswer(CommandKind.Leave, CommandResult.Ok, _state.Tile);
    }

    /// <param name="Index">the look's index in the frame</param>
    /// <param name="Region">another region that it sees into</param>
    /// <param name="Sight">what it sees</param>
    private readonly record struct Beyond(int Index, int Region, SightMask Sight);
}
