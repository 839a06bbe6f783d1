namespace Veltrix.World.Maps;

/// <summary>
/// The connected parts of a map's open ground. A diagonal step needs both of its neighbours open, so parts that touch only at a
/// corner are apart, and four directions are enough to find them.
/// </summary>
internal sealed class MapParts
{
    private MapParts(ulong[] largest, int count, int openTiles, int largestTiles, int leastCost)
    {
        Largest = largest;
        Count = count;
        OpenTiles = openTiles;
        LargestTiles = largestTiles;
        LeastCost = leastCost;
    }

    /// <summary>One bit a tile: whether it belongs to the largest part; of equal ones, that which holds the topmost, leftmost tile.</summary>
    public ulong[] Largest { get; }

    public int Count { get; }

    public int OpenTiles { get; }

    public int LargestTiles { get; }

    /// <summary>The least cost of all open ground; 255 where nothing is open.</summary>
    public int LeastCost { get; }

    public static MapParts Of(ReadOnlySpan<ushort> ground, int width)
    {
        var label = new int[ground.Length];
        var pending = new Stack<int>();
        int count = 0, open = 0, best = 0, bestTiles = 0, leastCost = byte.MaxValue;
        for (var start = 0; start < ground.Length; start++)
        {
            var here = Ground.FromBits(ground[start]);
            leastCost = here.Blocks ? leastCost : Math.Min(leastCost, here.Cost);
            if (label[start] != 0 || here.Blocks)
            {
                continue;
            }

            var tiles = Flood(ground, label, width, start, ++count, pending);
            open += tiles;
            if (tiles > bestTiles)
            {
                (best, bestTiles) = (count, tiles);
            }
        }

        var largest = new ulong[(ground.Length + 63) / 64];
        for (var i = 0; best != 0 && i < label.Length; i++)
        {
            if (label[i] == best)
            {
                largest[i >> 6] |= 1UL << (i & 63);
            }
        }

        return new MapParts(largest, count, open, bestTiles, leastCost);
    }

    private static int Flood(ReadOnlySpan<ushort> ground, int[] label, int width, int start, int part, Stack<int> pending)
    {
        var tiles = 0;
        label[start] = part;
        pending.Push(start);
        while (pending.TryPop(out var at))
        {
            tiles++;
            var column = at % width;
            if (column > 0)
            {
                Visit(ground, label, at - 1, part, pending);
            }

            if (column < width - 1)
            {
                Visit(ground, label, at + 1, part, pending);
            }

            if (at >= width)
            {
                Visit(ground, label, at - width, part, pending);
            }

            if (at + width < ground.Length)
            {
                Visit(ground, label, at + width, part, pending);
            }
        }

        return tiles;
    }

    private static void Visit(ReadOnlySpan<ushort> ground, int[] label, int at, int part, Stack<int> pending)
    {
        if (label[at] == 0 && !Ground.FromBits(ground[at]).Blocks)
        {
            label[at] = part;
            pending.Push(at);
        }
    }
}
