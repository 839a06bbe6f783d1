using Veltrix.World;

namespace Veltrix.Contracts;

/// <summary>
/// Where silos keep what players must find again: their session, how far it got, where they stand, and the answers that were not confirmed.
/// Writes are gathered and go many rows to a statement; they survive the death of the process, and of the machine but for the last moments.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>The newest checkpoint of a player, or null when there is none.</summary>
    ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default);

    /// <summary>Completes when the checkpoint is written. A later checkpoint of the same player may be written in its place.</summary>
    ValueTask SaveAsync(PlayerCheckpoint checkpoint);
}

/// <param name="Hunt">the hunt</param>
/// <param name="Player">the player; one row each</param>
/// <param name="Session">the session that plays, or played last</param>
/// <param name="Applied">its last command that was applied</param>
/// <param name="Tile">where the player stands</param>
/// <param name="Left">whether the player has left the hunt, which ends the session</param>
/// <param name="Answers">the kept answers, as the player grain encodes them; empty when all were confirmed</param>
public sealed record PlayerCheckpoint(
    HuntId Hunt, PlayerId Player, SessionId Session, ulong Applied, Tile Tile, bool Left, ReadOnlyMemory<byte> Answers)
{
    /// <summary>
    /// Whether it goes in the place of another checkpoint of the player. Inside one session a checkpoint never goes back. Sessions have no order, but each is saved
    /// when it begins: one that goes on and is not the one that is known was replaced, and its late checkpoint must not bring it back.
    /// </summary>
    public bool Supersedes(PlayerCheckpoint known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return Session == known.Session ? Applied >= known.Applied : Applied == 0;
    }

    /// <summary>Whether a session begins or ends with it: players are told of that only once it is written.</summary>
    public bool IsBeginOrEnd => Applied == 0 || Left;
}
