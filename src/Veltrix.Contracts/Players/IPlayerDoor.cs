using Orleans.Services;

namespace Veltrix.Contracts;

/// <summary>
/// One silo's way in for its players. A gateway's call to a grain goes to some silo, which hands it on to the one that has the grain. A call to a silo's door goes
/// to that silo, so that a gateway that knows where a player is saves the detour, there and back.
/// </summary>
[Alias("veltrix.IPlayerDoor")]
public interface IPlayerDoor : IGrainService
{
    /// <summary>As <see cref="IPlayerGrain.PlayAsync"/>, of the player with this id; it need not be on this silo.</summary>
    [Alias("Play")]
    ValueTask<PlayReply> PlayAsync(GrainId player, PlayRequest request);
}

/// <summary>Which door a player's next call should take.</summary>
/// <param name="Kind">what the caller should know</param>
/// <param name="Door">the door, where there is one to take</param>
[GenerateSerializer, Immutable, Alias("veltrix.way-in")]
public readonly record struct WayIn([property: Id(0)] WayInKind Kind, [property: Id(1)] GrainId Door = default);

/// <summary>What a reply says about the way in.</summary>
public enum WayInKind : byte
{
    /// <summary>Go on as before.</summary>
    Same = 0,

    /// <summary>The player is behind another door.</summary>
    Door = 1,

    /// <summary>The door that the call took closes: its silo stops.</summary>
    Closing = 2,
}

/// <summary>This silo's door, as its players know it.</summary>
public sealed class SiloDoor
{
    private long _id;
    private GrainId _door;

    /// <summary>The door's number, as calls carry it; 0 while there is none.</summary>
    public long Number => Volatile.Read(ref _id);

    /// <summary>Whether the silo stops.</summary>
    public bool IsClosing { get; private set; }

    public void Open(GrainId door)
    {
        _door = door;
        Volatile.Write(ref _id, NumberOf(door));
    }

    public void Close() => IsClosing = true;

    /// <summary>What to tell a caller who came through a door, or none.</summary>
    public WayIn For(long door) => Number switch
    {
        0 => default,
        var own when own == door => IsClosing ? new WayIn(WayInKind.Closing) : default,
        _ => IsClosing ? default : new WayIn(WayInKind.Door, _door),
    };

    /// <summary>The number of a door; never 0.</summary>
    public static long NumberOf(GrainId door) => ((long)door.GetUniformHashCode() << 1) | 1;
}
