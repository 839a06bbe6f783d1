using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>
/// A* over the square around a player, for walks that are not plainly straight. All of its memory lies on the stack (21 KB at the
/// largest reach), since it runs for thousands of moves a second. The estimate, the octile distance over the cheapest ground of the
/// square, never falls by more than a step costs, so a tile is final when it is taken, as in Dijkstra's algorithm. Of equal estimates the
/// one nearer to the target is taken first: over even ground that goes straight there.
/// </summary>
internal ref struct WalkSearch
{
    /// <summary>Stands for "there is no such walk".</summary>
    public const int None = int.MaxValue;

    // The square's ground with a rim of one tile, so that a neighbour always lies the same number of tiles away; 0: blocked or outside.
    private readonly ReadOnlySpan<byte> _costs;
    private readonly int _side;
    private readonly int _leastCost;
    private readonly int _toX;
    private readonly int _toY;
    private readonly int _known;
    private readonly Span<int> _walked;   // the cheapest walk to a tile that was found, plus 1; 0: none
    private readonly Span<long> _order;   // the least that a walk to the target through the tile may cost, then how far it still is
    private readonly Span<ushort> _heap;  // tiles to look at, the least order first
    private readonly Span<ushort> _place; // where a tile is in the heap, plus 1; 0: not in it
    private int _count;

    private WalkSearch(
        ReadOnlySpan<byte> costs, int side, int leastCost, int toX, int toY, int known, Span<int> walked, Span<long> order, Span<ushort> places)
    {
        (_side, _leastCost, _toX, _toY, _known) = (side, leastCost, toX, toY, known);
        _costs = costs;
        _walked = walked;
        _order = order;
        _heap = places[..costs.Length];
        _place = places[costs.Length..];
    }

    /// <summary>The cheapest walk inside of the square around <paramref name="from"/>, or <see cref="None"/>.</summary>
    /// <param name="map">the map</param>
    /// <param name="from">a tile of the map; it may be blocked</param>
    /// <param name="to">another, open tile of the square</param>
    /// <param name="reach">half of the square's side</param>
    /// <param name="known">the cost of some walk, or <see cref="None"/>: nothing dearer is looked at</param>
    public static int Cheapest(TileMap map, Tile from, Tile to, int reach, int known)
    {
        var middle = reach + 1;
        var side = (2 * middle) + 1;
        Span<byte> costs = stackalloc byte[side * side];
        var leastCost = ReadCosts(map, from, reach, costs);
        if (known == Movement.Octile(to.X - from.X, to.Y - from.Y) * leastCost)
        {
            return known;
        }

        var search = new WalkSearch(
            costs,
            side,
            leastCost,
            to.X - from.X + middle,
            to.Y - from.Y + middle,
            known,
            stackalloc int[costs.Length],
            stackalloc long[costs.Length],
            stackalloc ushort[2 * costs.Length]);
        return search.Run((middle * side) + middle);
    }

    /// <summary>Copies the square's costs into the middle of the span; answers the least of them.</summary>
    private static int ReadCosts(TileMap map, Tile from, int reach, Span<byte> costs)
    {
        var side = (2 * reach) + 3;
        int left = Math.Max(from.X - reach, 0), right = Math.Min(from.X + reach, map.Width - 1);
        int top = Math.Max(from.Y - reach, 0), bottom = Math.Min(from.Y + reach, map.Height - 1);
        var least = (int)byte.MaxValue;
        for (var y = top; y <= bottom; y++)
        {
            var ground = map.GroundBits.Slice((y * map.Width) + left, right - left + 1);
            var row = costs.Slice(((y - from.Y + reach + 1) * side) + left - from.X + reach + 1, ground.Length);
            for (var i = 0; i < row.Length; i++)
            {
                var here = Ground.FromBits(ground[i]);
                if (!here.Blocks)
                {
                    row[i] = (byte)here.Cost;
                    least = Math.Min(least, here.Cost);
                }
            }
        }

        return least;
    }

    private int Run(int start)
    {
        Offer(start, 0);
        while (_count > 0)
        {
            var at = Take();
            var walked = _walked[at] - 1;
            if (at == (_toY * _side) + _toX)
            {
                return walked;
            }

            int north = at - _side, south = at + _side;
            bool up = _costs[north] != 0, down = _costs[south] != 0, left = _costs[at - 1] != 0, right = _costs[at + 1] != 0;
            Step(up, north, Movement.Straight, walked);
            Step(down, south, Movement.Straight, walked);
            Step(left, at - 1, Movement.Straight, walked);
            Step(right, at + 1, Movement.Straight, walked);
            Step(up && left, north - 1, Movement.Diagonal, walked);
            Step(up && right, north + 1, Movement.Diagonal, walked);
            Step(down && left, south - 1, Movement.Diagonal, walked);
            Step(down && right, south + 1, Movement.Diagonal, walked);
        }

        return _known;
    }

    private void Step(bool open, int at, int step, int walked)
    {
        if (open && _costs[at] != 0)
        {
            Offer(at, walked + (step * _costs[at]));
        }
    }

    private void Offer(int at, int walked)
    {
        if (_walked[at] != 0 && walked >= _walked[at] - 1)
        {
            return;
        }

        var ahead = Movement.Octile((at % _side) - _toX, (at / _side) - _toY) * _leastCost;
        if (walked + ahead < _known)
        {
            _walked[at] = walked + 1;
            _order[at] = ((long)(walked + ahead) << 32) | (uint)ahead;
            Rise(_place[at] != 0 ? _place[at] - 1 : _count++, (ushort)at);
        }
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
        while (hole > 0 && _order[_heap[(hole - 1) / 2]] > _order[at])
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
            if (child + 1 < _count && _order[_heap[child + 1]] < _order[_heap[child]])
            {
                child++;
            }

            if (_order[_heap[child]] >= _order[at])
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
}
