using System.Collections.Immutable;
using System.Numerics;
using Veltrix.World.Maps;

namespace Veltrix.World;

/// <summary>
/// Lines up a map's regions so that neighbours on the map are mostly neighbours on the line: along a Hilbert curve (D. Hilbert, "Ueber die stetige Abbildung
/// einer Linie auf ein Flächenstück", 1891), each as long as it has ground to walk on. Cut into equal pieces, the line gives compact shares of equal ground.
/// </summary>
public static class RegionLine
{
    /// <summary>The middle of each region's stretch, by region; the whole line is from 0 to 1.</summary>
    public static ImmutableArray<double> Of(TileMap map, RegionGrid grid)
    {
        ArgumentNullException.ThrowIfNull(map);
        var side = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(grid.Columns, grid.Rows));
        var order = new int[grid.Count];
        var along = new long[grid.Count];
        var weights = new long[grid.Count];
        for (var region = 0; region < order.Length; region++)
        {
            order[region] = region;
            along[region] = DistanceAlong(side, region % grid.Columns, region / grid.Columns);

            // One more than its ground: a region of rock has a place as well.
            weights[region] = 1 + OpenTiles(map, grid, region);
        }

        Array.Sort(along, order);
        var total = (double)weights.Sum();
        var middles = new double[order.Length];
        var before = 0L;
        foreach (var region in order)
        {
            middles[region] = (before + (weights[region] / 2.0)) / total;
            before += weights[region];
        }

        return [.. middles];
    }

    private static int OpenTiles(TileMap map, RegionGrid grid, int region)
    {
        var origin = grid.OriginOf(region);
        int right = Math.Min(origin.X + grid.Size, map.Width), bottom = Math.Min(origin.Y + grid.Size, map.Height), open = 0;
        for (int y = origin.Y; y < bottom; y++)
        {
            for (int x = origin.X; x < right; x++)
            {
                open += map.IsOpen(x, y) ? 1 : 0;
            }
        }

        return open;
    }

    /// <summary>How far along the curve over a square of a power of two a cell lies.</summary>
    private static long DistanceAlong(int side, int x, int y)
    {
        var distance = 0L;
        for (var half = side / 2; half > 0; half /= 2)
        {
            int right = (x & half) > 0 ? 1 : 0, down = (y & half) > 0 ? 1 : 0;
            distance += (long)half * half * ((3 * right) ^ down);
            if (down == 0)
            {
                // The curve enters this quarter turned: turn the cell instead.
                if (right == 1)
                {
                    (x, y) = (half - 1 - (x & (half - 1)), half - 1 - (y & (half - 1)));
                }

                (x, y) = (y & (half - 1), x & (half - 1));
            }
        }

        return distance;
    }
}
