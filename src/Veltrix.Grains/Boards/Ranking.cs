namespace Veltrix.Grains.Boards;

/// <summary>
/// Totals in the order of <see cref="IBoardGrain"/>: more points first, then who had them earlier, then the smaller name. A change finds its
/// place by binary search and moves only what lies between the old place and the new.
/// </summary>
internal sealed class Ranking
{
    private readonly Dictionary<PlayerId, PlayerTotal> _totals = [];
    private PlayerTotal[] _order = [];

    public int Count { get; private set; }

    /// <summary>The sum of all points.</summary>
    public long Points { get; private set; }

    public static Ranking Of(IReadOnlyCollection<PlayerTotal> totals)
    {
        var ranking = new Ranking { _order = [.. totals], Count = totals.Count };
        Array.Sort(ranking._order, Compare);
        foreach (var total in totals)
        {
            ranking._totals.Add(total.Player, total);
            ranking.Points = checked(ranking.Points + total.Points);
        }

        return ranking;
    }

    /// <summary>Adds an entry to its player's total.</summary>
    public void Add(in ScoredEntry entry)
    {
        var known = _totals.TryGetValue(entry.Player, out var before);
        var after = new PlayerTotal(
            entry.Player,
            checked(before.Points + entry.Points),
            before.Finds + (entry.Claim ? 1 : 0),
            entry.Points != 0 || !known ? entry.At : before.ReachedAt);
        Points = checked(Points + entry.Points);
        _totals[entry.Player] = after;
        if (known)
        {
            Move(before, after);
        }
        else
        {
            Insert(after);
        }
    }

    /// <summary>The players who rank from <paramref name="first"/>, counted from 0, at most <paramref name="count"/>.</summary>
    public ImmutableArray<Standing> Page(int first, int count)
    {
        var last = Math.Min(Count, first + count);
        var page = ImmutableArray.CreateBuilder<Standing>(Math.Max(0, last - first));
        for (var i = first; i < last; i++)
        {
            page.Add(new Standing(i + 1, _order[i]));
        }

        return page.MoveToImmutable();
    }

    /// <summary>A player's place, counted from 0, or -1 for one who never scored.</summary>
    public int PlaceOf(PlayerId player) => _totals.TryGetValue(player, out var total) ? Find(total) : -1;

    /// <summary>The order of the board: below 0 when <paramref name="one"/> ranks higher.</summary>
    internal static int Compare(PlayerTotal one, PlayerTotal other)
    {
        var order = other.Points.CompareTo(one.Points);
        order = order != 0 ? order : one.ReachedAt.CompareTo(other.ReachedAt);
        return order != 0 ? order : string.CompareOrdinal(one.Player.Value, other.Player.Value);
    }

    /// <summary>Where a total stands, or the complement of where it would stand.</summary>
    private int Find(in PlayerTotal total)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Compare(_order[middle], total);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private void Move(in PlayerTotal before, in PlayerTotal after)
    {
        var from = Find(before);
        var to = Find(after);
        to = to < 0 ? ~to : to;
        if (to > from)
        {
            // The total itself still stands above its new place: what lies between moves one up.
            to--;
            Array.Copy(_order, from + 1, _order, from, to - from);
        }
        else
        {
            Array.Copy(_order, to, _order, to + 1, from - to);
        }

        _order[to] = after;
    }

    private void Insert(in PlayerTotal total)
    {
        if (Count == _order.Length)
        {
            Array.Resize(ref _order, Math.Max(16, 2 * Count));
        }

        var at = ~Find(total);
        Array.Copy(_order, at, _order, at + 1, Count - at);
        _order[at] = total;
        Count++;
    }
}
