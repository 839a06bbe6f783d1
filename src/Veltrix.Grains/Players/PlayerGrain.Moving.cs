using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Players;

/// <summary>A player goes where its region is, with all that it knows: a move costs neither a write nor a read, and no answer.</summary>
internal sealed partial class PlayerGrain : IGrainMigrationParticipant, IMovable
{
    // Who walks along a border would move at each step over it: only who stays for so many commands does.
    private const ulong StayBeforeMove = 16;
    private const string BaggageKey = "player";

    private PlayerBaggage? _baggage;
    private int _region = -1;
    private ulong _enteredAt;

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_state is { } state && !_dying)
        {
            dehydrationContext.TryAddValue(BaggageKey, new PlayerBaggage(
                state.Session,
                state.Applied,
                state.Tile,
                state.Left,
                state.Pace.Spent,
                SteadyNow() - state.Pace.At,
                _doubtUntil,
                _triedUntil,
                _superseded,
                _unsaved || _saving > 0,
                [.. AnswerCodec.Encode(_window).Span],
                _gateway));
        }
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext) => rehydrationContext.TryGetValue(BaggageKey, out _baggage);

    public ValueTask<bool> LeaveAsync()
    {
        if (_scene is { } scene && _state is { Left: false } state)
        {
            return new(this.MoveTo(spread.Leave(scene.PlaceOf(scene.Grid.RegionOf(state.Tile)))));
        }

        // Who never joined, or has left, knows nothing that the database does not.
        if (spread.Leave(0) is not null)
        {
            DeactivateOnIdle();
        }

        return new(false);
    }

    private void Unpack(PlayerBaggage baggage)
    {
        _state = new PlayerState(
            baggage.Session, baggage.Applied, baggage.Tile, baggage.Left, new Pace(baggage.PaceSpent, SteadyNow() - baggage.PaceAge));
        _doubtUntil = baggage.DoubtUntil;
        _triedUntil = baggage.TriedUntil;
        _superseded = baggage.Superseded;
        _gateway = baggage.Gateway;
        AnswerCodec.Decode(baggage.Answers.AsSpan(), baggage.Applied, _window);
        if (baggage.Unsaved)
        {
            AwaitSave();
        }
    }

    /// <summary>After a frame: whether to go on at the silo that has the region where the player stays.</summary>
    private void MoveIfBetter(HuntScene scene)
    {
        var state = _state!.Value;
        var region = scene.Grid.RegionOf(state.Tile);
        if (region != _region)
        {
            (_region, _enteredAt) = (region, state.Applied);
        }
        else if (state.Applied - _enteredAt >= StayBeforeMove && !state.Left)
        {
            this.MoveTo(spread.Follow(scene.PlaceOf(region)));
        }
    }

    private long SteadyNow() => clock.GetTimestamp() / (clock.TimestampFrequency / 1000);
}

/// <summary>What a player takes along to another silo.</summary>
/// <param name="Session">the session that plays</param>
/// <param name="Applied">its last command that was applied</param>
/// <param name="Tile">where the player stands</param>
/// <param name="Left">whether the player has left the hunt</param>
/// <param name="PaceSpent">see <see cref="Pace"/></param>
/// <param name="PaceAge">how many milliseconds ago that was so: silos have no clock in common</param>
/// <param name="DoubtUntil">up to this sequence a command may have been played by an activation that died</param>
/// <param name="TriedUntil">up to this sequence commands were tried in a frame that faulted</param>
/// <param name="Superseded">the session that the present one took over from</param>
/// <param name="Unsaved">whether the checkpoint is behind</param>
/// <param name="Answers">the unconfirmed answers, encoded as in a checkpoint</param>
/// <param name="Gateway">where the session was resumed last</param>
[GenerateSerializer, Immutable, Alias("veltrix.player-baggage")]
internal sealed record PlayerBaggage(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] ulong Applied,
    [property: Id(2)] Tile Tile,
    [property: Id(3)] bool Left,
    [property: Id(4)] double PaceSpent,
    [property: Id(5)] long PaceAge,
    [property: Id(6)] ulong DoubtUntil,
    [property: Id(7)] ulong TriedUntil,
    [property: Id(8)] SessionId? Superseded,
    [property: Id(9)] bool Unsaved,
    [property: Id(10)] ImmutableArray<byte> Answers,
    [property: Id(11)] ulong Gateway);
