using System.Runtime.InteropServices;
using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Rules;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Players;

/// <summary>
/// One frame of commands on its way: each is decided in order. A walk inside a region needs nobody's leave and is answered at once; where it ended
/// the region is told with the frame's next call, or by one that nobody waits for. What else concerns a region is gathered and goes there in one
/// call as long as consecutive commands stay in it. A frame changes nothing of its player's grain: the grain takes its outcome when all of it is known,
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
internal sealed partial class PlayerFrame(
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

    // The steps that wait for one call: their region, and the looks among them that reach over its border.
    private RegionStep[]? _steps;
    private int _count;
    private int _region;
    private List<Beyond>? _beyond;

    // The last walk inside the player's region of which the region has not heard; 0 when there is none.
    private ulong _untold;

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

    /// <summary>Whether steps wait to be sent to their region.</summary>
    public bool HasSteps => _count > 0;

    /// <summary>
    /// Decides commands up to one that has to wait for what those before it do.
    /// </summary>
    /// <returns>whether all that is left of the frame is one call to one region at the most; if not, <see cref="FinishAsync"/> plays the rest</returns>
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

        return _beyond is null;
    }

    /// <summary>Sends the gathered steps to their region. <see cref="Take"/> takes what it answers.</summary>
    public ValueTask<ImmutableArray<StepOutcome>> SendAsync()
    {
        _sent = ImmutableCollectionsMarshal.AsImmutableArray(_count == _steps!.Length ? _steps : _steps.AsSpan(0, _count).ToArray());
        _count = 0;
        var stands = scene.Grid.RegionOf(_state.Tile) == _region ? new Standpoint(_sent[^1].Sequence, _state.Tile) : (Standpoint?)null;
        if (stands is { } here)
        {
            stands = here with { Sequence = Math.Max(here.Sequence, _untold) };
            _untold = 0;
            Shown = true;
        }

        return scene.Region(_region).ApplyAsync(new RegionRequest(player, _before.Session, _sent, stands) { Mark = CallMark.For(_sent[0].Sequence) });
    }

    /// <summary>Tells the region where the player's walks ended, if it has not heard it with a call.</summary>
    public void TellWalks()
    {
        if (_untold > 0)
        {
            Shown = true;

            // A call that nobody answers is done when it was sent.
            _ = scene.Region(scene.Grid.RegionOf(_state.Tile)).WalkAsync(player, new OperationId(_before.Session, _untold), _state.Tile).AsTask();
            _untold = 0;
        }
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

                _state = _state with { Tile = command.Target, Pace = pace };
                _untold = SequenceOf(index);
                Answers[index] = new CommandAnswer(CommandKind.Move, CommandResult.Ok, command.Target);
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
            _region = region;
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
}
