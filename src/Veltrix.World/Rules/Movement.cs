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

    /// <summary>The largest reach that a hunt may have.</summary>
    public const int MaxReach = 16;

    /// <summary>What an orthogonal and a diagonal step cost for each unit of <see cref="Ground.Cost"/>.</summary>
    internal const int Straight = PlainStep / Ground.PlainCost;

    internal const int Diagonal = Straight * 14 / 10;

    /// <summary>
    /// Judges a walk. The walk may use every tile of the square of <paramref name="reach"/> tiles around <paramref name="from"/> and no
    /// other. Standing still is always allowed, and a player who stands on blocked ground may walk out of it, not back.
    /// </summary>
    /// <param name="map">the map</param>
    /// <param name="from">where the player stands</param>
    /// <param name="to">where they want to go; may lie outside of the map</param>
    /// <param name="reach">how many steps away the target may be, 1 to <see cref="MaxReach"/></param>
    /// <param name="cost">what the cheapest walk inside of the reach costs, in hundredths of a plain step; 0 unless the verdict is Ok</param>
    /// <returns>the first that holds of: TooFar (or outside of the map), Blocked, Unreachable, Ok</returns>
    public static MoveVerdict Judge(TileMap map, Tile from, Tile to, int reach, out int cost)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)reach, (uint)MaxReach);
        cost = 0;
        if (from.StepsTo(to) > reach || !map.Contains(to) || !map.Contains(from))
        {
            return MoveVerdict.TooFar;
        }

        if (from == to)
        {
            return MoveVerdict.Ok;
        }

        if (map[to].Blocks)
        {
            return MoveVerdict.Blocked;
        }

        // No walk is cheaper than the straight one over ground of the least cost that the map has. Most walks are that, or close to it.
        var bound = Octile(to.X - from.X, to.Y - from.Y) * map.LeastCost;
        var straight = StraightCost(map, from, to);
        cost = straight == bound ? straight : WalkSearch.Cheapest(map, from, to, reach, straight);
        if (cost != WalkSearch.None)
        {
            return MoveVerdict.Ok;
        }

        cost = 0;
        return MoveVerdict.Unreachable;
    }

    /// <summary>What the shortest walk over so many columns and rows costs, were all ground open and of cost 1.</summary>
    internal static int Octile(int columns, int rows)
    {
        int more = Math.Max(Math.Abs(columns), Math.Abs(rows)), less = Math.Min(Math.Abs(columns), Math.Abs(rows));
        return (Straight * (more - less)) + (Diagonal * less);
    }

    /// <summary>The cost of the walk that goes diagonally first and then straight on, or <see cref="WalkSearch.None"/> where it is blocked.</summary>
    private static int StraightCost(TileMap map, Tile from, Tile to)
    {
        int x = from.X, y = from.Y, cost = 0;
        while (x != to.X || y != to.Y)
        {
            int dx = Math.Sign(to.X - x), dy = Math.Sign(to.Y - y);
            var entered = map[x + dx, y + dy];
            if (entered.Blocks || (dx != 0 && dy != 0 && (map[x + dx, y].Blocks || map[x, y + dy].Blocks)))
            {
                return WalkSearch.None;
            }

            cost += entered.Cost * (dx != 0 && dy != 0 ? Diagonal : Straight);
            (x, y) = (x + dx, y + dy);
        }

        return cost;
    }
}
