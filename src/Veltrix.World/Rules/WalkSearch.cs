using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>
/// A* over the square around a player, for walks that are not plainly straight. All of its memory lies on the stack (13 KB at the
/// largest reach), since it runs for thousands of moves a second. The estimate, the octile distance over the cheapest ground of the
/// square, never falls by more than a step costs, so a tile is final when it is taken, as in Dijkstra's algorithm.
/// </summary>
internal ref struct WalkSearch
{
    /// <summary>Stands for "there is no such walk".</summary>
    public const int None = int.MaxValue;

    private readonly TileMap _map;
    private readonly Tile _to;
    private readonly int _left;
    private readonly int _top;
    private readonly int _columns;
    private readonly int _rows;
    private readonly int _leastCost;
    private readonly Span<int> _walked;    // the cheapest walk to a tile that is known, plus 1; 0: none
    private readonly Span<int> _estimate;  // the least that a walk to the target through the tile may cost
    private readonly Span<ushort> _heap;   // tiles to look at, the least estimate first
    private readonly Span<ushort> _place;  // where a tile is in the heap, plus 1; 0: not in it
    private int _count;

    private WalkSearch(TileMap map, Tile from, Tile to, int reach, Span<int> numbers, Span<ushort> places)
    {
        _map = map;
        _to = to;
        _left = Math.Max(from.X - reach, 0);
        _top = Math.Max(from.Y - reach, 0);
        _columns = Math.Min(from.X + reach, map.Width - 1) - _left + 1;
        _rows = Math.Min(from.Y + reach, map.Height - 1) - _top + 1;
        _leastCost = LeastCost();
        var tiles = numbers.Length / 2;
        _walked = numbers[..tiles];
        _estimate = numbers[tiles..];
        _heap = places[..tiles];
        _place = places[tiles..];
    }

    /// <summary>The cheapest walk inside of the square around <paramref name="from"/>, or <see cref="None"/>.</summary>
    /// <param name="map">the map</param>
    /// <param name="from">a tile of the map; it may be blocked</param>
    /// <param name="to">another, open tile of the square</param>
    /// <param name="reach">half of the square's side</param>
    /// <param name="known">the cost of some walk, or <see cref="None"/>: nothing dearer is looked at</param>
    public static int Cheapest(TileMap map, Tile from, Tile to, int reach, int known)
    {
        var tiles = ((2 * reach) + 1) * ((2 * reach) + 1);
        var search = new WalkSearch(map, from, to, reach, stackalloc int[2 * tiles], stackalloc ushort[2 * tiles]);
        return known == Movement.Octile(from, to) * search._leastCost ? known : search.Run(from, known);
    }

    private int Run(Tile from, int known)
    {
        Offer(from.X, from.Y, 0, known);
        while (_count > 0)
        {
            var at = Take();
            int x = _left + (at % _columns), y = _top + (at / _columns), walked = _walked[at] - 1;
            if (x == _to.X && y == _to.Y)
            {
                return walked;
            }

            bool north = IsOpen(x, y - 1), south = IsOpen(x, y + 1);
            bool west = IsOpen(x - 1, y), east = IsOpen(x + 1, y);
            Enter(north, x, y - 1, Movement.Straight, walked, known);
            Enter(south, x, y + 1, Movement.Straight, walked, known);
            Enter(west, x - 1, y, Movement.Straight, walked, known);
            Enter(east, x + 1, y, Movement.Straight, walked, known);
            Enter(north && west && IsOpen(x - 1, y - 1), x - 1, y - 1, Movement.Diagonal, walked, known);
            Enter(north && east && IsOpen(x + 1, y - 1), x + 1, y - 1, Movement.Diagonal, walked, known);
            Enter(south && west && IsOpen(x - 1, y + 1), x - 1, y + 1, Movement.Diagonal, walked, known);
            Enter(south && east && IsOpen(x + 1, y + 1), x + 1, y + 1, Movement.Diagonal, walked, known);
        }

        return known;
    }

    private readonly bool IsOpen(int x, int y) =>
        (uint)(x - _left) < (uint)_columns && (uint)(y - _top) < (uint)_rows && !_map[x, y].Blocks;

    private void Enter(bool open, int x, int y, int step, int walked, int known)
    {
        if (open)
        {
            Offer(x, y, walked + (step * _map[x, y].Cost), known);
        }
    }

    private void Offer(int x, int y, int walked, int known)
    {
        var at = ((y - _top) * _columns) + x - _left;
        var estimate = walked + (Movement.Octile(Tile.At(x, y), _to) * _leastCost);
        if (estimate >= known || (_walked[at] != 0 && walked >= _walked[at] - 1))
        {
            return;
        }

        _walked[at] = walked + 1;
        _estimate[at] = estimate;
        Rise(_place[at] != 0 ? _place[at] - 1 : _count++, (ushort)at);
    }

    private ushort Take()
    {
        var first = _heap[0];
        _place[first] = 0;
        if (--_count > 0)
        {
            Sink(_heap[_count]);
        }

        return first;
    }

    private readonly void Rise(int hole, ushort at)
    {
        while (hole > 0 && _estimate[_heap[(hole - 1) / 2]] > _estimate[at])
        {
            Put(hole, _heap[(hole - 1) / 2]);
            hole = (hole - 1) / 2;
        }

        Put(hole, at);
    }

    private readonly void Sink(ushort at)
    {
        var hole = 0;
        while ((2 * hole) + 1 < _count)
        {
            var child = (2 * hole) + 1;
            if (child + 1 < _count && _estimate[_heap[child + 1]] < _estimate[_heap[child]])
            {
                child++;
            }

            if (_estimate[_heap[child]] >= _estimate[at])
            {
                break;
            }

            Put(hole, _heap[child]);
            hole = child;
        }

        Put(hole, at);
    }

    private readonly void Put(int hole, ushort at)
    {
        _heap[hole] = at;
        _place[at] = (ushort)(hole + 1);
    }

    private readonly int LeastCost()
    {
        var least = byte.MaxValue;
        for (var y = _top; y < _top + _rows; y++)
        {
            foreach (var bits in _map.GroundBits.Slice((y * _map.Width) + _left, _columns))
            {
                var ground = Ground.FromBits(bits);
                least = ground.Blocks ? least : Math.Min(least, (byte)ground.Cost);
            }
        }

        return least;
    }
}
