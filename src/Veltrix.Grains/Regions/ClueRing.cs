using System.Runtime.InteropServices;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Regions;

/// <summary>The latest clues of a region: a new one takes the place of the oldest when the ring is full.</summary>
internal sealed class ClueRing(int capacity)
{
    private OperationId[] _operations = [];
    private SeenClue[] _clues = [];
    private int _next;

    public int Count { get; private set; }

    /// <summary>Adds a clue, unless the ring has one of the same operation.</summary>
    public bool Add(OperationId operation, PlayerId author, Tile tile, string text)
    {
        if (_operations.AsSpan(0, Count).Contains(operation))
        {
            return false;
        }

        if (Count == _clues.Length && Count < capacity)
        {
            // It grows only while no slot was used twice, so slots are still in the order of age.
            var room = Math.Min(capacity, Math.Max(8, 2 * Count));
            Array.Resize(ref _operations, room);
            Array.Resize(ref _clues, room);
        }

        _operations[_next] = operation;
        _clues[_next] = new SeenClue(tile, author, text);
        _next = (_next + 1) % capacity;
        Count = Math.Min(capacity, Count + 1);
        return true;
    }

    /// <summary>The nearest clues in sight; of those on one tile the newest first. Answers how many are in sight.</summary>
    public int See(SightMask sight, out ImmutableArray<SeenClue> nearest)
    {
        Span<Near> kept = stackalloc Near[Sighting.MaxClues];
        var pick = new NearestPick<ByAge>(kept, sight.Eye, new ByAge(Count < capacity ? 0 : _next, capacity));
        var count = 0;
        for (var slot = 0; slot < Count; slot++)
        {
            if (sight.Sees(_clues[slot].Tile))
            {
                count++;
                pick.Offer(_clues[slot].Tile, slot);
            }
        }

        if (count == 0)
        {
            nearest = [];
            return 0;
        }

        var seen = new SeenClue[pick.Count];
        var at = 0;
        foreach (var item in pick.InOrder())
        {
            seen[at++] = _clues[item.Index];
        }

        nearest = ImmutableCollectionsMarshal.AsImmutableArray(seen);
        return count;
    }

    private readonly struct ByAge(int oldest, int capacity) : ITieBreak
    {
        public int Compare(int one, int other) => AgeRank(other).CompareTo(AgeRank(one));

        private int AgeRank(int slot) => (slot - oldest + capacity) % capacity;
    }
}
