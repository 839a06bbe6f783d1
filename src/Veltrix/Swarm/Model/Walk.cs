using Veltrix.World;
using Veltrix.World.Maps;

namespace Veltrix.Commands.Swarm.Model;

/// <summary>
/// The swarm's own answer to "can a player walk there?". It shares no code with the server's: a plain flood over the square around the
/// player, in single steps, where a diagonal one needs both of its neighbours open.
/// </summary>
internal static class Walk
{
    /// <summary>Whether a walk of single steps leads from one tile to another, open one without leaving the square of <paramref name="reach"/> around the first.</summary>
    public static bool Leads(TileMap map, Tile from, Tile to, int reach) =>
        from == to || IsStraight(map, from, to) || Floods(map, from, to, reach);

    /// <summary>Most walks are over open ground: first diagonally, then straight on.</summary>
    private static bool IsStraight(TileMap map, Tile from, Tile to)
    {
        int x = from.X, y = from.Y;
        while (x != to.X || y != to.Y)
        {
            int dx = Math.Sign(to.X - x), dy = Math.Sign(to.Y - y);
            if (!MayStep(map, x, y, dx, dy))
            {
                return false;
            }

            (x, y) = (x + dx, y + dy);
        }

        return true;
    }

    private static bool Floods(TileMap map, Tile from, Tile to, int reach)
    {
        var side = (2 * reach) + 1;
        Span<bool> seen = stackalloc bool[side * side];
        Span<int> pending = stackalloc int[side * side];
        var count = 0;
        var start = (reach * side) + reach;
        seen[start] = true;
        pending[count++] = start;
        while (count > 0)
        {
            var at = pending[--count];
            int column = at % side, row = at / side, x = from.X - reach + column, y = from.Y - reach + row;
            if (x == to.X && y == to.Y)
            {
                return true;
            }

            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    if ((uint)(column + dx) >= (uint)side || (uint)(row + dy) >= (uint)side)
                    {
                        continue;
                    }

                    var next = at + (dy * side) + dx;
                    if (!seen[next] && MayStep(map, x, y, dx, dy))
                    {
                        seen[next] = true;
                        pending[count++] = next;
                    }
                }
            }
        }

        return false;
    }

    private static bool MayStep(TileMap map, int x, int y, int dx, int dy) =>
        map.IsOpen(x + dx, y + dy) && (dx == 0 || dy == 0 || (map.IsOpen(x + dx, y) && map.IsOpen(x, y + dy)));
}
