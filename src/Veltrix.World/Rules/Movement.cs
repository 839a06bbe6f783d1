using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>What the rules say to a step from one tile to another.</summary>
public enum MoveVerdict : byte
{
    Ok = 0,
    TooFar = 1,
    Blocked = 2,
    Unreachable = 3,
}

/// <summary>
/// Who may walk where. A player walks in single steps in eight directions; a diagonal step needs both of its neighbours open. A step
/// costs the cost of the ground that it enters, a diagonal one 1.4 times that.
/// </summary>
public static class Movement
{
    /// <summary>What one orthogonal step onto plain ground costs: costs are hundredths of it.</summary>
    public const int PlainStep = 100;

    /// <summary>Judges a walk.</summary>
    /// <param name="map">the map</param>
    /// <param name="from">where the player stands</param>
    /// <param name="to">where they want to go; may lie outside of the map</param>
    /// <param name="reach">how many steps away the target may be</param>
    /// <param name="cost">what the cheapest walk inside of the reach costs, in hundredths of a plain step; 0 unless the verdict is Ok</param>
    public static MoveVerdict Judge(TileMap map, Tile from, Tile to, int reach, out int cost) => throw new NotSupportedException();
}
