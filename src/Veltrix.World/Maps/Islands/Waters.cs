namespace Veltrix.World.Maps.Islands;

/// <summary>
/// Where water runs and stands. The sea is let rise level by level (a priority flood, after Barnes, Lehman and Mulla, 2014): each tile of land
/// remembers from which neighbour it was flooded, which is its way down to the sea; what is flooded well above its own
/// height lies in a hollow and holds a lake. Levels are 16-bit numbers, so the queue is one list for each level.
/// </summary>
internal sealed class Waters
{
    // A hollow holds a lake when it is deeper than this, in levels of Field.Top.
    private const int LakeDepth = 900;

    private const byte Unseen = 0;
    private const byte Sea = 9;

    private readonly int _width;
    private readonly ushort[] _heights;

    // 1 to 8: the direction of the neighbour downhill, plus 1; Sea: there is no further down.
    private readonly byte[] _downhill;

    // How many springs feed the river in a tile, up to 255; 0: no river.
    private readonly byte[] _flow;
    private readonly bool[] _lake;

    private Waters(ushort[] heights, int width)
    {
        _width = width;
        _heights = heights;
        _downhill = new byte[heights.Length];
        _flow = new byte[heights.Length];
        _lake = new bool[heights.Length];
    }

    public static Waters Of(ushort[] heights, int width, int sea, int springs, ref SeededRandom random)
    {
        var waters = new Waters(heights, width);
        waters.Flood(sea);
        for (var i = 0; i < springs; i++)
        {
            waters.RunFrom(waters.HighPlace(ref random));
        }

        return waters;
    }

    /// <summary>Whether a river runs through the tile or a lake stands on it.</summary>
    public bool IsWet(int tile) => _lake[tile] || _flow[tile] > 0;

    // The neighbours row by row, so that the opposite of direction d is 7 - d.
    private static int Step(int direction, int width) => direction switch
    {
        0 => -width - 1,
        1 => -width,
        2 => -width + 1,
        3 => -1,
        4 => 1,
        5 => width - 1,
        6 => width,
        _ => width + 1,
    };

    private void Flood(int sea)
    {
        // The map's rim is sea, so every tile of land has eight neighbours.
        var queue = new LevelQueue(_heights.Length);
        for (var tile = 0; tile < _heights.Length; tile++)
        {
            if (_heights[tile] >= sea)
            {
                continue;
            }

            _downhill[tile] = Sea;
            for (var direction = 0; direction < 8; direction++)
            {
                var next = tile + Step(direction, _width);
                if ((uint)next < (uint)_heights.Length && _heights[next] >= sea && _downhill[next] == Unseen)
                {
                    _downhill[next] = (byte)(8 - direction);
                    queue.Add(next, _heights[next]);
                }
            }
        }

        while (queue.TryTake(out var tile, out var level))
        {
            _lake[tile] = level - _heights[tile] > LakeDepth;
            for (var direction = 0; direction < 8; direction++)
            {
                var next = tile + Step(direction, _width);
                if (_downhill[next] == Unseen)
                {
                    _downhill[next] = (byte)(8 - direction);
                    queue.Add(next, Math.Max(level, _heights[next]));
                }
            }
        }
    }

    private int HighPlace(ref SeededRandom random)
    {
        var best = random.Next(_heights.Length);
        for (var i = 0; i < 24; i++)
        {
            var other = random.Next(_heights.Length);
            best = _heights[other] > _heights[best] ? other : best;
        }

        return best;
    }

    private void RunFrom(int tile)
    {
        while (_downhill[tile] != Sea)
        {
            _flow[tile] = (byte)Math.Min(_flow[tile] + 1, byte.MaxValue);
            if (_flow[tile] >= 3)
            {
                Spill(tile + 1);
                Spill(tile + _width);
            }

            tile += Step(_downhill[tile] - 1, _width);
        }
    }

    private void Spill(int tile) => _flow[tile] = Math.Max(_flow[tile], (byte)1);

    /// <summary>A queue of tiles by level; a level never falls below the one that was taken last, and equal ones leave as they came.</summary>
    private sealed class LevelQueue
    {
        private readonly int[] _first = new int[Field.Top + 1];
        private readonly int[] _last = new int[Field.Top + 1];
        private readonly int[] _next;
        private int _level;

        public LevelQueue(int tiles)
        {
            _next = new int[tiles];
            Array.Fill(_first, -1);
        }

        public void Add(int tile, int level)
        {
            _next[tile] = -1;
            if (_first[level] < 0)
            {
                _first[level] = tile;
            }
            else
            {
                _next[_last[level]] = tile;
            }

            _last[level] = tile;
        }

        public bool TryTake(out int tile, out int level)
        {
            while (_level < Field.Top && _first[_level] < 0)
            {
                _level++;
            }

            (tile, level) = (_first[_level], _level);
            if (tile < 0)
            {
                return false;
            }

            _first[_level] = _next[tile];
            return true;
        }
    }
}
