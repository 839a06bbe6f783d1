using Veltrix.World;

namespace Veltrix.Grains.Regions;

/// <summary>Puts items at the same place in order: below 0 when the first comes first.</summary>
internal interface ITieBreak
{
    int Compare(int one, int other);
}

/// <summary>An item of a pick.</summary>
/// <param name="Key">squared distance, row and column, in the order of their weight</param>
/// <param name="Index">the item's own index</param>
internal readonly record struct Near(ulong Key, int Index);

/// <summary>
/// Picks the nearest few of many: a heap of what was picked so far whose root is the farthest, so that one look at the root turns most
/// items away. Nothing is sorted but what is kept, and nothing is allocated. The order is distance, then row, then column, then the tie break.
/// </summary>
internal ref struct NearestPick<TTies>(Span<Near> kept, Tile eye, TTies ties)
    where TTies : struct, ITieBreak
{
    private readonly Span<Near> _kept = kept;

    public int Count { get; private set; }

    public void Offer(Tile tile, int index)
    {
        var item = new Near(((ulong)(uint)eye.SquaredDistanceTo(tile) << 32) | ((uint)tile.Y << 16) | tile.X, index);
        if (Count < _kept.Length)
        {
            Rise(Count++, item);
        }
        else if (Count > 0 && Compare(item, _kept[0]) < 0)
        {
            Sink(0, Count, item);
        }
    }

    /// <summary>Ends the picking: the kept items' indexes, nearest first. Nothing may be offered afterwards.</summary>
    public readonly ReadOnlySpan<Near> InOrder()
    {
        for (var last = Count - 1; last > 0; last--)
        {
            var farthest = _kept[0];
            Sink(0, last, _kept[last]);
            _kept[last] = farthest;
        }

        return _kept[..Count];
    }

    private readonly int Compare(in Near one, in Near other) =>
        one.Key != other.Key ? one.Key.CompareTo(other.Key) : ties.Compare(one.Index, other.Index);

    private readonly void Rise(int at, in Near item)
    {
        while (at > 0 && Compare(item, _kept[(at - 1) / 2]) > 0)
        {
            _kept[at] = _kept[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _kept[at] = item;
    }

    private readonly void Sink(int at, int count, Near item)
    {
        for (var child = (2 * at) + 1; child < count; child = (2 * at) + 1)
        {
            if (child + 1 < count && Compare(_kept[child + 1], _kept[child]) > 0)
            {
                child++;
            }

            if (Compare(item, _kept[child]) >= 0)
            {
                break;
            }

            _kept[at] = _kept[child];
            at = child;
        }

        _kept[at] = item;
    }
}
