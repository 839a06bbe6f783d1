namespace Veltrix.World.Maps.Islands;

/// <summary>
/// Finds where people would tread paths: Dijkstra's algorithm over the whole island, with a ring of lists as its queue, since no step
/// costs more than <see cref="MaxStep"/>. Paths wind around rough ground.
/// </summary>
internal sealed class PathSearch(Terrain[] terrain, ushort[] crags, int width)
{
    private const int MaxStep = 14 * MaxCost * 2;
    private const int MaxCost = 90;

    private readonly List<int>[] _queue = [.. Enumerable.Range(0, MaxStep + 1).Select(_ => new List<int>())];
    private readonly int[] _walked = new int[terrain.Length];
    private readonly int[] _previous = new int[terrain.Length];

    /// <summary>For each tile that was reached, the tile before it on the way from <paramref name="start"/>; -1 for others.</summary>
    public int[] From(int start, HashSet<int> targets)
    {
        Array.Fill(_previous, -1);
        Array.Fill(_walked, int.MaxValue);
        _walked[start] = 0;
        _queue[0].Add(start);
        for (int walked = 0, empty = 0; empty <= MaxStep && targets.Count > 0; walked++)
        {
            var due = _queue[walked % _queue.Length];
            empty = due.Count == 0 ? empty + 1 : 0;
            foreach (var tile in due)
            {
                if (_walked[tile] == walked)
                {
                    targets.Remove(tile);
                    Leave(tile, walked);
                }
            }

            due.Clear();
        }

        return _previous;
    }

    private void Leave(int tile, int walked)
    {
        bool north = IsOpen(tile - width), south = IsOpen(tile + width), west = IsOpen(tile - 1), east = IsOpen(tile + 1);
        Enter(north, tile, tile - width, 10, walked);
        Enter(south, tile, tile + width, 10, walked);
        Enter(west, tile, tile - 1, 10, walked);
        Enter(east, tile, tile + 1, 10, walked);
        Enter(north && west, tile, tile - width - 1, 14, walked);
        Enter(north && east, tile, tile - width + 1, 14, walked);
        Enter(south && west, tile, tile + width - 1, 14, walked);
        Enter(south && east, tile, tile + width + 1, 14, walked);
    }

    // The map's rim is sea, so every tile that is left has eight neighbours.
    private bool IsOpen(int tile) => CostOf(terrain[tile]) > 0;

    private void Enter(bool open, int from, int tile, int step, int walked)
    {
        if (!open || !IsOpen(tile))
        {
            return;
        }

        walked += step * CostOf(terrain[tile]) * (8 + (crags[tile] / 8192)) / 8;
        if (walked < _walked[tile])
        {
            _walked[tile] = walked;
            _previous[tile] = from;
            _queue[walked % _queue.Length].Add(tile);
        }
    }

    /// <summary>How unwilling people are to tread a path there; 0: they cannot.</summary>
    private static int CostOf(Terrain terrain) => terrain switch
    {
        Terrain.Path => 4,
        Terrain.Grass => 10,
        Terrain.Sand => 12,
        Terrain.Wood => 16,
        Terrain.Hill => 24,
        Terrain.Marsh => 40,
        Terrain.Snow => 60,
        Terrain.ShallowWater => MaxCost,
        _ => 0,
    };
}
