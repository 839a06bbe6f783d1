using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Grains.Hunts;

namespace Veltrix.Grains.Players;

/// <summary>
/// One player. It plays one frame at a time, to its end: replay what was answered before, decide and play the rest, commit, report.
/// <para>
/// What it knows is a cache that may be behind, never wrong. The ledger has what scored; the checkpoint has session, place and unconfirmed
/// answers as of at most a few seconds ago; the gateway tells with each call where it saw the player last. A call that faults leaves the
/// state as it was before the frame, which is true: the caller repeats the frame, and each command finds by its operation what a first try did.
/// </para>
/// </summary>
[GrainType(GrainKeys.PlayerType)]
internal sealed partial class PlayerGrain(
    IHuntCatalog catalog,
    ICheckpointStore checkpoints,
    ILedgerArchive archive,
    ISpread spread,
    SiloDoor door,
    IOptions<PlayerOptions> options,
    PlayerMetrics metrics,
    TimeProvider clock,
    ILogger<PlayerGrain> logger) : Grain, IPlayerGrain
{
    // How many commands beyond what an activation starts from one that died may have played: of a session at most the window's
    // capacity is unanswered at a time, and as many answers may have been on their way.
    private const ulong DoubtAhead = 2 * AnswerWindow.Capacity;

    // How late a try of a join may be. What seems later than that comes from a clock that was set back, and is a join like any other.
    private static readonly TimeSpan LatestTry = TimeSpan.FromMinutes(1);

    private readonly AnswerWindow _window = new();
    private HuntScene? _scene;
    private PlayerId _player;

    // Null when the player never joined.
    private PlayerState? _state;
    private long? _points;

    // Commands up to this sequence may have been played by an activation that died, or by a try that faulted.
    private ulong _doubtUntil;

    // Commands up to this sequence were tried by this activation in a frame that faulted.
    private ulong _triedUntil;

    // The frame that faulted last, and the moment by which it was judged: its repeat is judged by the same.
    private (ulong First, Moment Moment)? _attempt;

    // The session that the present one took over from: a late repeat of its join must not take over again.
    private SessionId? _superseded;

    // Where the session was resumed last; 0 where it only joined. What another gateway lost long ago is no news.
    private ulong _gateway;

    // Whether the region has the player, as far as is known.
    private bool _present;
    private IGrainTimer? _linger;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (hunt, own) = GrainKeys.Split(this.GetPrimaryKeyString());
        _player = new PlayerId(own);
        _scene = await catalog.LoadAsync(hunt);
        if (_scene is not null && _baggage is { } baggage)
        {
            _baggage = null;
            Unpack(baggage);
            return;
        }

        if (_scene is null || await checkpoints.LoadAsync(hunt, _player, cancellationToken) is not { } saved)
        {
            return;
        }

        _state = new PlayerState(saved.Session, saved.Applied, saved.Tile, saved.Left);
        _doubtUntil = saved.Applied + DoubtAhead;
        AnswerCodec.Decode(saved.Answers.Span, saved.Applied, _window);
    }

    public async ValueTask<JoinReply> JoinAsync(SessionId session, bool newcomer = false, CancellationToken cancellationToken = default)
    {
        if (await ReadyAsync() is not { } scene)
        {
            return new JoinReply(SessionStatus.NoHunt, default);
        }

        if (_state is { } known && known.Session == session)
        {
            if (known.Left)
            {
                return new JoinReply(SessionStatus.SessionOver, known.Tile);
            }
        }
        else if (_superseded == session || (_state is { } later && session.IsOlderThan(later.Session, LatestTry)))
        {
            // A late try of a join that was made again must not take over from the one that came after it.
            return new JoinReply(SessionStatus.SessionOver, default);
        }
        else if (newcomer && _state is not null)
        {
            return new JoinReply(SessionStatus.NameTaken, default);
        }
        else if (scene.PhaseAt(clock.GetUtcNow()) == HuntPhase.Over)
        {
            return new JoinReply(SessionStatus.HuntOver, default);
        }
        else
        {
            await BeginAsync(scene, session);
        }

        _gateway = 0;
        StopLinger();
        await ArriveAsync(scene);
        return new JoinReply(SessionStatus.Playing, _state!.Value.Tile);
    }

    public async ValueTask<ResumeReply> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        if (await ReadyAsync() is not { } scene)
        {
            return new ResumeReply(SessionStatus.NoHunt, 0, default, Whole: false, []);
        }

        if (_state is not { } known || known.Session != request.Session)
        {
            return new ResumeReply(SessionStatus.SessionOver, 0, default, Whole: false, []);
        }

        if (!Adopt(known, request.Last, request.Received))
        {
            return new ResumeReply(SessionStatus.Gap, known.Applied, known.Tile, Whole: false, []);
        }

        var state = _state.Value;
        var fellBack = request.Received > Math.Max(known.Applied, request.Last?.Sequence ?? 0);
        var whole = !fellBack && (request.Received == state.Applied || _window.Has(request.Received + 1));
        var missed = whole ? _window.After(request.Received) : [];
        _window.Confirm(request.Received);
        LogResumed(_player, scene.Hunt, state.Applied, whole);
        if (state.Left)
        {
            // The answer to the leave itself may be among those that the client missed.
            return new ResumeReply(SessionStatus.SessionOver, state.Applied, state.Tile, whole, missed);
        }

        _gateway = request.Gateway;
        StopLinger();
        await ArriveAsync(scene);
        metrics.Resumed(whole);
        return new ResumeReply(SessionStatus.Playing, state.Applied, state.Tile, whole, missed);
    }

    public ValueTask<PlayReply> PlayAsync(PlayRequest request)
    {
        if (request.Commands.IsDefaultOrEmpty || request.First == 0 || !TurnMetrics.IsSampled(request.First, request.Commands.Length))
        {
            return PlayFrameAsync(request);
        }

        var turn = metrics.Turns.Begin(GrainKind.Player, GrainContext);
        var reply = PlayFrameAsync(request);
        turn.End();
        return reply;
    }

    private async ValueTask<PlayReply> PlayFrameAsync(PlayRequest request)
    {
        // The common way completes without a wait and without an allocation.
        var ready = ReadyAsync();
        if ((ready.IsCompletedSuccessfully ? ready.Result : await ready) is not { } scene)
        {
            return new PlayReply(SessionStatus.NoHunt, [], default);
        }

        if (_state is not { } known || known.Session != request.Session)
        {
            return new PlayReply(SessionStatus.SessionOver, [], default);
        }

        var received = Math.Min(request.Received, request.First - 1);
        if (request.First == 0
            || request.Commands.Length is 0 or > AnswerWindow.Capacity
            || !Adopt(known, request.Last, received)
            || request.First > _state.Value.Applied + 1)
        {
            return new PlayReply(SessionStatus.Gap, [], known.Tile);
        }

        var state = _state.Value;
        var played = (int)Math.Min((ulong)request.Commands.Length, state.Applied + 1 - request.First);
        if (played > 0 && !_window.Has(request.First))
        {
            return new PlayReply(SessionStatus.Gap, [], state.Tile);
        }

        var moment = MomentOf(request.First);
        var frame = new PlayerFrame(scene, archive, _player, state, moment, request.Commands, played, _doubtUntil, _triedUntil, _points);
        for (var i = 0; i < played; i++)
        {
            frame.Answers[i] = _window.Of(request.First + (ulong)i);
        }

        if (played < request.Commands.Length)
        {
            try
            {
                // Most frames wait for nobody, and nearly all others for one region. Awaited here and not two methods further in, that costs 1 KB
                // and two turns of the grain's scheduler less.
                if (!frame.Gather())
                {
                    await frame.FinishAsync();
                }
                else if (frame.HasSteps)
                {
                    frame.Take(await frame.SendAsync());
                }

                frame.TellWalks();
            }
            catch (Exception fault)
            {
                OnFault(fault, request, moment);
                if (fault is LimitExceededException)
                {
                    // A region turned a part of the frame away. The caller must not take this for a refusal of the whole, which changes nothing.
                    throw new TimeoutException($"No room for a part of the frame that begins with command {request.First} of {_player}: repeat it.", fault);
                }

                throw;
            }

            await CommitAsync(frame, played);
        }

        _window.Confirm(received);
        if (!spread.Rests)
        {
            MoveIfBetter(scene);
        }

        return new PlayReply(
            SessionStatus.Playing,
            ImmutableCollectionsMarshal.AsImmutableArray(frame.Answers),
            _state.Value.Tile,
            door.For(request.Door));
    }

    public async ValueTask DetachAsync(SessionId session, ulong gateway, CancellationToken cancellationToken = default)
    {
        if (_state is not { } state || state.Session != session || state.Left || (_gateway != 0 && _gateway != gateway))
        {
            return;
        }

        _linger ??= this.RegisterGrainTimer(
            static (player, _) => player.OnLingerOverAsync(), this, new GrainTimerCreationOptions(options.Value.Linger, Timeout.InfiniteTimeSpan));
        await SaveIfNeededAsync();
    }

    /// <summary>
    /// Takes note that it is unknown whether a frame's claims are on disk; its repeat finds out. Nothing of the frame was kept, so what is
    /// known here is still true as of the command before it.
    /// </summary>
    private void OnFault(Exception fault, PlayRequest request, Moment moment)
    {
        _attempt = (request.First, moment);
        _triedUntil = Math.Max(_triedUntil, request.First + (ulong)request.Commands.Length - 1);
        _doubtUntil = Math.Max(_doubtUntil, _triedUntil);
        _points = null;
        _present = false;
        metrics.Faulted();
        LogFaulted(fault, _player, _scene!.Hunt, request.First, request.Commands.Length);
    }

    /// <summary>Takes a frame's outcome. One that ended the session is on disk before it is answered.</summary>
    private ValueTask CommitAsync(PlayerFrame frame, int played)
    {
        var hadLeft = _state!.Value.Left;
        _state = frame.State;
        _points = frame.Points;
        _attempt = null;
        _present |= frame.Shown;
        for (var i = played; i < frame.Answers.Length; i++)
        {
            _window.Add(frame.Answers[i]);
            metrics.Played(frame.Answers[i].Kind, frame.Answers[i].Result);
        }

        if (_state.Value.Left && !hadLeft)
        {
            LogLeft(_player, _scene!.Hunt);
            _present = false;
            StopLinger();
            return SaveOrDieAsync();
        }

        AwaitSave();
        return ValueTask.CompletedTask;
    }

    /// <summary>The moment by which a frame is judged: a repeat of one that faulted is judged as its first try was.</summary>
    private Moment MomentOf(ulong first) => _attempt is { } attempt && attempt.First == first
        ? attempt.Moment
        : new Moment(SteadyNow(), clock.GetUtcNow());

    /// <summary>Goes on from what gateway or client know beyond this activation; false when that cannot be.</summary>
    private bool Adopt(in PlayerState known, Standpoint? last, ulong received)
    {
        if (known.Adopt(last, received) is not { } next)
        {
            LogImplausible(_player, _scene!.Hunt, received, known.Applied);
            return false;
        }

        if (next.Applied != known.Applied)
        {
            LogAdopted(_player, _scene!.Hunt, known.Applied, next.Applied);
            metrics.Adopted();
            _state = next;
            _doubtUntil = next.Applied + DoubtAhead;
            _window.Reset(next.Applied);
            AwaitSave();
        }

        return true;
    }

    private async ValueTask BeginAsync(HuntScene scene, SessionId session)
    {
        var first = _state is null;
        var tile = _state?.Tile ?? scene.SpawnOf(_player);
        _superseded = _state?.Session;
        _window.Reset(0);
        _state = new PlayerState(session, 0, tile, Left: false, _state?.Pace ?? default);
        _doubtUntil = 0;
        _triedUntil = 0;
        _attempt = null;
        _present = false;
        await SaveOrDieAsync();
        metrics.Joined();
        LogJoined(_player, scene.Hunt, first, tile);
    }

    private async ValueTask ArriveAsync(HuntScene scene)
    {
        if (!_present)
        {
            var state = _state!.Value;
            await scene.Region(scene.Grid.RegionOf(state.Tile)).ArriveAsync(_player, state.AsOf, state.Tile);
            _present = true;
        }
    }

    private void StopLinger()
    {
        _linger?.Dispose();
        _linger = null;
    }

    private async Task OnLingerOverAsync()
    {
        StopLinger();
        await DepartAsync();
    }

    private async ValueTask DepartAsync()
    {
        if (_state is { } state && _scene is { } scene)
        {
            _present = false;
            await scene.Region(scene.Grid.RegionOf(state.Tile)).DepartAsync(_player, state.AsOf);
            metrics.Departed();
            LogDeparted(_player, scene.Hunt);
        }
    }

    /// <summary>The scene, with a definition that is fresh enough; null while there is no such hunt.</summary>
    private ValueTask<HuntScene?> ReadyAsync()
    {
        if (_scene is not { } scene)
        {
            return ReloadAsync();
        }

        var fresh = catalog.FreshenAsync(scene);
        return fresh.IsCompletedSuccessfully ? new(scene) : WaitAsync(fresh, scene);

        static async ValueTask<HuntScene?> WaitAsync(ValueTask fresh, HuntScene scene)
        {
            await fresh;
            return scene;
        }
    }

    private async ValueTask<HuntScene?> ReloadAsync()
    {
        // The hunt was not there when this grain was activated; it may have been created since. Then nobody has joined it yet.
        _scene = await catalog.LoadAsync(GrainKeys.Split(this.GetPrimaryKeyString()).Hunt);
        if (_scene is null)
        {
            // A player of no hunt has nothing to remember, and counts as no player.
            DeactivateOnIdle();
        }

        return _scene;
    }
}
