using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Players;

/// <summary>What a player's grain knows of its player, as of one command. Immutable: each frame gives the next.</summary>
/// <param name="Session">the session that plays, or played last</param>
/// <param name="Applied">its last command that was applied; 0 when none was</param>
/// <param name="Tile">where the player stands</param>
/// <param name="Left">whether the player has left the hunt, which ends the session</param>
/// <param name="Pace">how much walking the player may do; a fresh activation starts with all of it</param>
internal readonly record struct PlayerState(SessionId Session, ulong Applied, Tile Tile, bool Left, Pace Pace = default)
{
    /// <summary>How far a client's word may run ahead of what a silo knows after a fall-back: far more than anybody plays between two checkpoints.</summary>
    public const ulong MostAhead = 1_000_000;

    /// <summary>The last command that was applied, as the operation that later ones are told from.</summary>
    public OperationId AsOf => new(Session, Applied);

    /// <summary>
    /// Goes on from where others saw the session: the gateway, which remembers the last answered command and where the player stood, or the
    /// client, which received answers up to one. Only an activation that knows less, since the one before it died, learns anything.
    /// Sequences up to there are spent: they name operations of the ledger for ever.
    /// </summary>
    /// <returns>this state when there is nothing to learn; null when the client claims answers that it cannot have</returns>
    public PlayerState? Adopt(Standpoint? last, ulong received)
    {
        var next = last is { } known && known.Sequence > Applied ? this with { Applied = known.Sequence, Tile = known.Tile } : this;
        return received <= next.Applied
            ? next
            : received - next.Applied <= MostAhead ? next with { Applied = received } : null;
    }
}
