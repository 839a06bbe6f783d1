using System.Runtime.InteropServices;
using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Rules;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Players;

/// <summary>
/// One frame of commands on its way: each is decided in order, and what concerns a region is gathered and goes there in one call as long as
/// consecutive commands stay in it. A frame changes nothing of its player's grain: the grain takes its outcome when all of it is known,
/// and drops it when a call faulted. A second try gives every command the same operation, so what was done is not done again.
/// </summary>
/// <param name="scene">the hunt</param>
/// <param name="archive">the ledger's totals, for where</param>
/// <param name="player">who plays</param>
/// <param name="before">the player before the first command that is to be played</param>
/// <param name="now">the moment by which commands are judged</param>
/// <param name="commands">the frame; those before <paramref name="played"/> were answered before</param>
/// <param name="played">how many were played before</param>
/// <param name="doubtUntil">up to this sequence a command may have been played by a try that faulted, or by an activation that died</param>
/// <param name="triedUntil">up to this sequence commands were tried by this activation, in a frame that faulted</param>
/// <param name="points">the player's points, where they are known</param>
internal sealed class PlayerFrame(
    HuntScene scene,
    ILedgerArchive archive,
    PlayerId player,
    PlayerState before,
    Moment now,
    ImmutableArray<PlayerCommand> commands,
    int played,
    ulong doubtUntil,
    ulong triedUntil,
    long? points)
{
    private readonly HuntPhase _phase = scene.PhaseAt(now.Wall);
    private readonly ulong _first = before.Applied + 1 - (ulong)played;
    private readonly PlayerState _before = before;
    private PlayerState _state = before;

    // The pace after a move over a border, for when the other region has taken the player in.
    private Pace _paceOver;

    // The steps that wait for one call: their region, where the player stood before them, and the looks among them that reach over its border.
    private RegionStep[]? _steps;
    private int _count;
    private int _region;
    private Tile _stood;
    private List<Beyond>? _beyond;

    private ImmutableArray<RegionStep> _sent;

    // The command that is decided next, and what it has to wait for.
    private int _next = played;
    private Need _need;
    private int _pointsReadAt = -1;

    /// <summary>One answer a command. Those that were played before are filled in by the caller.</summary>
    public CommandAnswer[] Answers { get; } = new CommandAnswer[commands.Length];

    /// <summary>The player after the frame.</summary>
    public PlayerState State => _state with { Applied = _first + (ulong)commands.Length - 1 };

    /// <summary>The player's points after the frame; null when they have to be read anew.</summary>
    public long? Points { get; private set; } = points;

    /// <summary>Whether the region where the player stands has heard so.</summary>
    public bool Shown { get; private set; }

    private enum Need : byte
    {
        Nothing,
        Flush,
        Cross,
        Where,
        Leave,
        Recall,
    }

    /// <summary>
    /// Decides commands up to one that has to wait for what those before it do.
    /// </summary>
    /// <returns>whether all that is left of the frame is one call to one region; if not, <see cref="FinishAsync"/> plays the rest</returns>
    public bool Gather()
    {
        for (; _next < commands.Length; _next++)
        {
            _need = Begin(_next);
            if (_need != Need.Nothing)
            {
                return false;
            }
        }

        return _count > 0 && _beyond is null;
    }

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

    /// <summary>Sends the gathered steps to their region. <see cref="Take"/> takes what it answers.</summary>
    public ValueTask<ImmutableArray<StepOutcome>> SendAsync()
    {
        _sent = ImmutableCollectionsMarshal.AsImmutableArray(_count == _steps!.Length ? _steps : _steps.AsSpan(0, _count).ToArray());
        _count = 0;
        Tile? present = scene.Grid.RegionOf(_stood) == _region ? _stood : null;
        Shown |= present is not null;
        return scene.Region(_region).ApplyAsync(new RegionRequest(player, _before.Session, _sent, present));
    }

    /// <summary>Answers the commands whose steps were sent.</summary>
    public void Take(ImmutableArray<StepOutcome> outcomes)
    {
        for (var i = 0; i < _sent.Length; i++)
        {
            ref readonly var step = ref _sent.ItemRef(i);
            ref readonly var outcome = ref outcomes.ItemRef(i);
            var index = (int)(step.Sequence - _first);
            Answers[index] = new CommandAnswer(
                step.Kind, outcome.Result, step.Tile, outcome.Points, outcome.Treasure, outcome.RetryMilliseconds, outcome.Seen);
            if (step.Kind == CommandKind.Dig && outcome.Result == CommandResult.Ok)
            {
                Score(index, outcome.Points, outcome.Repeated);
            }
            else if (step.Kind == CommandKind.Move && outcome.Result != CommandResult.Ok)
            {
                throw new InvalidOperationException($"Region {_region} answered {outcome.Result} to a move inside of it.");
            }
        }
    }

    /// <summary>Answers a command, or gathers its step, or says what has to be awaited first.</summary>
    private Need Begin(int index)
    {
        var command = CommandAt(index);
        if (!PlayerRules.Allows(scene, PhaseFor(command.Kind, index), _state, command, now.Steady, out var pace, out var answer))
        {
            Answers[index] = answer;
            return answer.Result == CommandResult.TooFar && MayBeRecorded(command.Kind, SequenceOf(index)) ? Need.Recall : Need.Nothing;
        }

        switch (command.Kind)
        {
            case CommandKind.Move:
                var region = scene.Grid.RegionOf(command.Target);
                if (region != scene.Grid.RegionOf(_state.Tile))
                {
                    _paceOver = pace;
                    return Need.Cross;
                }

                if (!TryAdd(region, new RegionStep(SequenceOf(index), CommandKind.Move, command.Target), index))
                {
                    return Need.Flush;
                }

                _state = _state with { Tile = command.Target, Pace = pace };
                return Need.Nothing;

            case CommandKind.Look:
                return TryAddLook(index) ? Need.Nothing : Need.Flush;

            case CommandKind.DropClue:
            case CommandKind.Dig:
                var step = new RegionStep(SequenceOf(index), command.Kind, command.Target, command.Text);
                return TryAdd(scene.Grid.RegionOf(command.Target), step, index) ? Need.Nothing : Need.Flush;

            case CommandKind.Where:
                return Need.Where;

            default:
                return Need.Leave;
        }
    }

    /// <summary>
    /// The hunt's course, as a command sees it. After the end the ledger still answers for what scores where a first try may have recorded
    /// it in time: only the ledger knows, and it records nothing new once it is sealed.
    /// </summary>
    private HuntPhase PhaseFor(CommandKind kind, int index) =>
        _phase == HuntPhase.Over && MayBeRecorded(kind, SequenceOf(index)) ? HuntPhase.Running : _phase;

    /// <summary>
    /// A command that may be in the ledger already is played even if the gateway refused it this time: `busy` would deny what is on disk. So is
    /// one of a frame that faulted here: a region may have moved the player, who would be seen there and stand elsewhere.
    /// </summary>
    private PlayerCommand CommandAt(int index)
    {
        ref readonly var command = ref commands.ItemRef(index);
        var tried = SequenceOf(index) <= triedUntil || MayBeRecorded(command.Kind, SequenceOf(index));
        return command.RefusedMilliseconds > 0 && tried ? command with { RefusedMilliseconds = 0 } : command;
    }

    private bool MayBeRecorded(CommandKind kind, ulong sequence) => kind is CommandKind.Dig or CommandKind.DropClue && sequence <= doubtUntil;

    private ulong SequenceOf(int index) => _first + (ulong)index;

    /// <summary>Adds a step to the gathered ones, unless those are another region's.</summary>
    private bool TryAdd(int region, RegionStep step, int index)
    {
        if (_count == 0)
        {
            // Most frames stay in one region to their end, so that this array goes out as it is.
            _steps = new RegionStep[commands.Length - index];
            (_region, _stood) = (region, _state.Tile);
        }
        else if (region != _region)
        {
            return false;
        }

        _steps![_count++] = step;
        return true;
    }

    private bool TryAddLook(int index)
    {
        var region = scene.Grid.RegionOf(_state.Tile);
        if (_count > 0 && region != _region)
        {
            return false;
        }

        var eye = _state.Tile;
        var sight = Sight.From(scene.Map, eye, scene.Rules.SightRadius);
        TryAdd(region, new RegionStep(SequenceOf(index), CommandKind.Look, eye, Sight: sight), index);

        var grid = scene.Grid;
        int radius = sight.Radius, first = grid.RegionNear(eye.X - radius, eye.Y - radius), last = grid.RegionNear(eye.X + radius, eye.Y + radius);
        if (first == last)
        {
            return true;
        }

        for (var row = first / grid.Columns; row <= last / grid.Columns; row++)
        {
            for (var column = first % grid.Columns; column <= last % grid.Columns; column++)
            {
                var neighbour = (row * grid.Columns) + column;
                if (neighbour != region && SeesInto(sight, column * grid.Size, row * grid.Size, grid.Size))
                {
                    (_beyond ??= []).Add(new Beyond(index, neighbour, sight));
                }
            }
        }

        return true;
    }

    /// <summary>Whether any tile of a region is in sight: a wall along the border saves a call.</summary>
    private static bool SeesInto(SightMask sight, int left, int top, int size)
    {
        int firstX = Math.Max(left, sight.Eye.X - sight.Radius), lastX = Math.Min(left + size - 1, sight.Eye.X + sight.Radius);
        int firstY = Math.Max(top, sight.Eye.Y - sight.Radius), lastY = Math.Min(top + size - 1, sight.Eye.Y + sight.Radius);
        for (var y = firstY; y <= lastY; y++)
        {
            for (var x = firstX; x <= lastX; x++)
            {
                if (sight.Sees(new Tile((ushort)x, (ushort)y)))
                {
                    return true;
                }
            }
        }

        return false;
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

    /// <summary>Counts a claim towards the player's points.</summary>
    private void Score(int index, long scored, bool repeated)
    {
        if (!repeated)
        {
            Points = checked(Points + scored);
        }
        else if (_pointsReadAt < 0)
        {
            // It was on disk before this frame, so the known points may have it or not.
            Points = null;
        }
        else
        {
            // The points were read after it was recorded, by a first try of this frame, but its turn is only now.
            for (var i = _pointsReadAt; i < index; i++)
            {
                if (Answers[i] is { Kind: CommandKind.Where, Result: CommandResult.Ok } where)
                {
                    Answers[i] = where with { Points = checked(where.Points - scored) };
                }
            }
        }
    }

    /// <summary>Plays a move into another region: the new one takes the player in while the old one lets them go.</summary>
    private async ValueTask CrossAsync(int index)
    {
        var target = commands[index].Target;
        var asOf = new OperationId(_before.Session, SequenceOf(index));
        var old = scene.Region(scene.Grid.RegionOf(_state.Tile));
        var step = new RegionStep(asOf.Sequence, CommandKind.Move, target);
        var arriving = scene.Region(scene.Grid.RegionOf(target)).ApplyAsync(new RegionRequest(player, _before.Session, [step], Present: null)).AsTask();
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
        Answers[index] = new CommandAnswer(CommandKind.Leave, CommandResult.Ok, _state.Tile);
    }

    /// <param name="Index">the look's index in the frame</param>
    /// <param name="Region">another region that it sees into</param>
    /// <param name="Sight">what it sees</param>
    private readonly record struct Beyond(int Index, int Region, SightMask Sight);
}
