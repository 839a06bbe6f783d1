using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Regions;

// Reentrant, so that a dig which waits for the disk holds up nobody else's steps. The invariant that holds across every await: the ground
// is only changed in stretches without awaits, each of which takes it from one true state to the next; and after an await nothing is
// believed that was read before it. A claim is remembered only from the ledger's receipt.
/// <summary>One chunk of the map. What scores or must last is decided and kept by the ledger; all that the region holds is a cache.</summary>
[GrainType(GrainKeys.RegionType), Reentrant]
internal sealed partial class RegionGrain(
    IHuntCatalog catalog,
    ILedgerArchive archive,
    IOptions<RegionOptions> options,
    ISpread spread,
    RegionMetrics metrics,
    TimeProvider clock,
    ILogger<RegionGrain> logger) : Grain, IRegionGrain
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly RegionOptions _options = options.Value;
    private HuntScene _scene = null!;
    private RegionGround _ground = null!;
    private int _region;
    private long _sweptAt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (hunt, own) = GrainKeys.Split(this.GetPrimaryKeyString());
        _scene = await catalog.LoadAsync(hunt) ?? throw new InvalidOperationException($"Region {own} is asked for in hunt {hunt}, which does not exist.");
        _region = int.Parse(own);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)_region, (uint)_scene.Grid.Count);

        var history = await archive.ReadRegionAsync(hunt, _region, _options.Clues, cancellationToken);
        _ground = new RegionGround(_scene, _region, _options);
        _ground.Recall(history);
        _news = new RegionNewsDesk(_region);
        _sweptAt = NowMilliseconds();
        if (_baggage is { } baggage)
        {
            _baggage = null;
            Unpack(baggage);
        }

        LogReady(hunt, _region, history.Claims.Length, history.Clues.Length);
    }

    public ValueTask<ImmutableArray<StepOutcome>> ApplyAsync(RegionRequest request)
    {
        var turn = metrics.Turns.Begin(GrainKind.Region, request.Mark, request.Steps[0].Sequence, GrainContext);
        Sweep();
        MoveIfBetter();
        if (request.Stands is { } stands)
        {
            Place(request.Player, new OperationId(request.Session, stands.Sequence), stands.Tile);
        }

        // Most requests hold no step that the ledger must know: they are answered here, without a state machine.
        var run = new StepRun(request);
        Advance(run);
        var outcomes = run.Waiting is null
            ? new(ImmutableCollectionsMarshal.AsImmutableArray(run.Outcomes))
            : FinishAsync(run);
        turn.End();
        return outcomes;
    }

    public ValueTask WalkAsync(PlayerId player, OperationId asOf, Tile tile)
    {
        MoveIfBetter();

        // A full region does not show who comes in this way, which only happens after the region itself was away.
        if (_ground.HasRoomFor(player))
        {
            Sweep();
            Place(player, asOf, tile);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<Sighting> LookAsync(PlayerId looker, SightMask sight, CancellationToken cancellationToken = default)
    {
        metrics.Looked();
        return new(_ground.See(looker, sight));
    }

    public ValueTask ArriveAsync(PlayerId player, OperationId asOf, Tile tile, CancellationToken cancellationToken = default)
    {
        Sweep();
        Place(player, asOf, tile);
        return ValueTask.CompletedTask;
    }

    public ValueTask DepartAsync(PlayerId player, OperationId asOf, CancellationToken cancellationToken = default)
    {
        if (_ground.Crowd.Remove(player, asOf))
        {
            Tell(player);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Plays steps up to the end, or up to one that has to see what those before it wrote.</summary>
    private void Advance(StepRun run)
    {
        var request = run.Request;
        for (; run.Next < request.Steps.Length; run.Next++)
        {
            ref readonly var step = ref request.Steps.ItemRef(run.Next);
            switch (step.Kind)
            {
                case CommandKind.Move:
                    run.Outcomes[run.Next] = Move(request, step);
                    break;

                case CommandKind.Look when run.Waiting is not null:
                    return;

                case CommandKind.Look:
                    metrics.Looked();
                    run.Outcomes[run.Next] = new StepOutcome(CommandResult.Ok, Seen: _ground.See(request.Player, step.Sight!));
                    break;

                case CommandKind.DropClue:
                    run.Wait(_ground.Clue(new OperationId(request.Session, step.Sequence), request.Player, step.Tile, step.Text!), default);
                    break;

                case CommandKind.Dig when run.WaitsFor(step.Tile):
                    return;

                case CommandKind.Dig:
                    Dig(run, step);
                    break;

                default:
                    throw new ArgumentException($"A region knows no {step.Kind}.", nameof(run));
            }
        }
    }

    private StepOutcome Move(RegionRequest request, in RegionStep step)
    {
        if (!_ground.HasRoomFor(request.Player))
        {
            return new StepOutcome(CommandResult.Busy, RetryMilliseconds: RetryMilliseconds);
        }

        Place(request.Player, new OperationId(request.Session, step.Sequence), step.Tile);
        return new StepOutcome(CommandResult.Ok);
    }

    private void Dig(StepRun run, in RegionStep step)
    {
        var operation = new OperationId(run.Request.Session, step.Sequence);
        var verdict = _ground.Diggings.Judge(step.Tile, run.Request.Player, operation, clock.GetUtcNow().ToUnixTimeMilliseconds());
        switch (verdict.Word)
        {
            case DigWord.Ask:
                run.Wait(_ground.Claim(operation, run.Request.Player, verdict), verdict);
                return;
            case DigWord.Own:
                run.Outcomes[run.Next] = new StepOutcome(CommandResult.Ok, verdict.Points, verdict.Treasure.Id, Repeated: true);
                break;
            case DigWord.Taken:
                run.Outcomes[run.Next] = new StepOutcome(CommandResult.Taken);
                break;
            default:
                run.Outcomes[run.Next] = new StepOutcome(CommandResult.Empty);
                break;
        }

        metrics.Dug(run.Outcomes[run.Next].Result);
    }

    private async ValueTask<ImmutableArray<StepOutcome>> FinishAsync(StepRun run)
    {
        var shard = _scene.Shard(run.Request.Player);
        while (run.Waiting is { } waiting)
        {
            // No cancellation here: a write runs to its own end, since giving up on it only makes "written" unknown.
            var receipts = await shard.AppendAsync(waiting.Drafts());
            if (receipts.Length != waiting.Count)
            {
                throw new InvalidOperationException($"The ledger answered {waiting.Count} drafts with {receipts.Length} receipts.");
            }

            for (var i = 0; i < receipts.Length; i++)
            {
                Settle(run, waiting[i], receipts[i]);
            }

            run.Waiting = null;
            Advance(run);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(run.Outcomes);
    }

    /// <summary>Takes in what the ledger says about one draft.</summary>
    private void Settle(StepRun run, in PendingStep pending, EntryReceipt receipt)
    {
        var onDisk = receipt.Status is EntryStatus.Recorded or EntryStatus.Repeated;
        if (pending.Draft.Kind == EntryKind.Clue)
        {
            if (onDisk && _ground.Clues.Add(pending.Draft.Operation, pending.Draft.Player, pending.Draft.Tile, pending.Draft.Text!))
            {
                metrics.ClueDropped();
                TellClues();
            }
        }
        else
        {
            RememberClaim(pending, receipt);
        }

        run.Outcomes[pending.Step] = receipt.Status switch
        {
            EntryStatus.Recorded or EntryStatus.Repeated => new StepOutcome(
                CommandResult.Ok,
                receipt.Points,
                Math.Max(0, pending.Draft.Treasure),
                Repeated: receipt.Status == EntryStatus.Repeated),
            EntryStatus.Taken => new StepOutcome(CommandResult.Taken),
            EntryStatus.Sealed => new StepOutcome(CommandResult.HuntOver),
            EntryStatus.Busy => new StepOutcome(CommandResult.Busy, RetryMilliseconds: RetryMilliseconds),
            _ => throw new InvalidOperationException($"The ledger answered {receipt.Status}, which a region does not know."),
        };
        if (pending.Draft.Kind == EntryKind.Claim)
        {
            metrics.Dug(run.Outcomes[pending.Step].Result);
            LogDug(pending.Draft.Operation, pending.Draft.Treasure, pending.Draft.Generation, receipt.Status);
        }
    }

    private void RememberClaim(in PendingStep pending, EntryReceipt receipt)
    {
        var draft = pending.Draft;
        switch (receipt.Status)
        {
            case EntryStatus.Recorded:
            case EntryStatus.Repeated when draft.Generation == 0:
                var found = _ground.Diggings.Remember(
                    pending.Treasure, new DugClaim(draft.Generation, receipt.At, draft.Player, draft.Operation, receipt.Points));
                if (receipt.Status == EntryStatus.Recorded || found)
                {
                    TellFind(new Find(draft.Player, draft.Tile, receipt.Points));
                }

                break;

            case EntryStatus.Taken:
                // Another activation or another shard's player was first; who, only the ledger knows.
                _ground.Diggings.Remember(pending.Treasure, new DugClaim(draft.Generation, receipt.At, Player: null, Operation: null, Points: 0));
                break;

                // A repeat of a later generation tells that some generation up to it was claimed by this operation, but not which: nothing to
                // remember, the next dig asks the ledger again.
        }
    }

    private void Place(PlayerId player, OperationId asOf, Tile tile)
    {
        if (_ground.Crowd.Place(player, asOf, tile, NowMilliseconds()))
        {
            Tell(player);
        }
    }

    /// <summary>Once a minute at the most: forgets players of whom nothing was heard for long.</summary>
    private void Sweep()
    {
        var now = NowMilliseconds();
        if (now - _sweptAt < SweepEvery.TotalMilliseconds)
        {
            return;
        }

        _sweptAt = now;
        while (_ground.Crowd.RemoveUnheard(now - (long)_options.SeenFor.TotalMilliseconds, out var player))
        {
            metrics.Unheard();
            Tell(player);
        }
    }

    private int RetryMilliseconds => (int)_options.BusyRetry.TotalMilliseconds;

    private long NowMilliseconds() => clock.GetTimestamp() / (clock.TimestampFrequency / 1000);

    [LoggerMessage(2001, LogLevel.Debug, "Region {Region} of hunt {Hunt} is ready: {Claims} claims, {Clues} clues")]
    private partial void LogReady(HuntId hunt, int region, int claims, int clues);

    [LoggerMessage(2003, LogLevel.Debug, "Dig {Operation} for treasure {Treasure}, generation {Generation}: {Status}")]
    private partial void LogDug(OperationId operation, int treasure, int generation, EntryStatus status);

    [LoggerMessage(2004, LogLevel.Warning, "A watcher of region {Region} of hunt {Hunt} could not be told; it is dropped")]
    private partial void LogWatcherDropped(Exception fault, HuntId hunt, int region);
}
