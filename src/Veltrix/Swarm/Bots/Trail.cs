using Veltrix.World;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>The tiles that a bot was on lately. One thread adds under the bot's lock; others look without one.</summary>
internal sealed class Trail(int length)
{
    private readonly uint[] _tiles = Enumerable.Repeat(uint.MaxValue, length).ToArray();
    private int _next;

    public void Add(Tile tile)
    {
        Volatile.Write(ref _tiles[_next], Pack(tile));
        _next = (_next + 1) % _tiles.Length;
    }

    public bool Has(Tile tile) => _tiles.AsSpan().Contains(Pack(tile));

    internal static uint Pack(Tile tile) => tile.X | ((uint)tile.Y << 16);
}

/// <summary>The clues that a bot dropped lately, by its own count of them; older ones cannot be told any more.</summary>
internal sealed class Drops
{
    private const int Length = 256;
    private readonly ulong[] _drops = new ulong[Length];

    public void Add(uint count, Tile tile) => Volatile.Write(ref _drops[count % Length], ((ulong)(count + 1) << 32) | Trail.Pack(tile));

    /// <summary>The clue was refused: it lies nowhere.</summary>
    public void Remove(uint count) => Volatile.Write(ref _drops[count % Length], (ulong)(count + 1) << 32 | uint.MaxValue);

    /// <summary>Whether the clue lies on that tile; true also for one that is too old to tell.</summary>
    public bool Has(uint count, Tile tile)
    {
        var drop = Volatile.Read(ref _drops[count % Length]);
        var counted = (uint)(drop >> 32);
        return counted == count + 1 ? (uint)drop == Trail.Pack(tile) : counted > count + 1;
    }
}
