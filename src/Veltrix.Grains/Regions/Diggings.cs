using System.Runtime.InteropServices;
using Veltrix.World;
using Veltrix.World.Rules;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Regions;

/// <summary>What a region's memory says to a dig.</summary>
internal enum DigWord : byte
{
    /// <summary>Nothing is buried there.</summary>
    Empty = 0,

    /// <summary>This very operation claimed it before.</summary>
    Own = 1,

    /// <summary>Somebody else claimed it, and this operation certainly did not.</summary>
    Taken = 2,

    /// <summary>The ledger decides, for the generation that the verdict names.</summary>
    Ask = 3,
}

/// <param name="Word">what to answer</param>
/// <param name="Treasure">what lies there</param>
/// <param name="Generation">for Ask: the generation to claim</param>
/// <param name="Points">for Own: the points on disk</param>
internal readonly record struct DigVerdict(DigWord Word, Treasure Treasure = default, int Generation = 0, long Points = 0);

/// <summary>
/// What was dug up in a region. It is a cache of the ledger's claims that may lag behind it but never runs ahead: it holds only what is
/// on disk. So "claimed" can be believed and "free" cannot: who digs what looks free asks the ledger, whose unique key decides.
/// </summary>
/// <param name="plan">where treasures lie</param>
/// <param name="respawnSeconds">seconds from a claim until the next generation lies there; 0: never</param>
internal sealed class Diggings(TreasurePlan plan, int respawnSeconds)
{
    // How many claims of one treasure are remembered: enough to say to most digs of a treasure that respawns "taken" without the ledger.
    internal const int Remembered = 16;

    private readonly Dictionary<int, Hole> _holes = [];
    private readonly List<Tile> _marks = [];

    public IReadOnlyList<Tile> Marks => _marks;

    /// <summary>Judges a dig by what is known.</summary>
    /// <param name="tile">where</param>
    /// <param name="player">who digs</param>
    /// <param name="operation">the dig's command</param>
    /// <param name="now">the time, in milliseconds since 1970 UTC</param>
    public DigVerdict Judge(Tile tile, PlayerId player, OperationId operation, long now)
    {
        if (!plan.TryFind(tile, out var treasure))
        {
            return new DigVerdict(DigWord.Empty);
        }

        if (!_holes.TryGetValue(treasure.Id, out var hole))
        {
            return new DigVerdict(DigWord.Ask, treasure);
        }

        // Whether this operation may be one that claimed before: a repeat must hear its first answer, also when the treasure has respawned since.
        var doubt = hole.Claims.Count <= hole.Generation;
        foreach (var claim in hole.Claims)
        {
            if (claim.Operation == operation)
            {
                return new DigVerdict(DigWord.Own, treasure, claim.Generation, claim.Points);
            }

            doubt |= claim.Operation is null && (claim.Player is null || claim.Player == player);
        }

        if (respawnSeconds > 0 && now >= hole.At + (respawnSeconds * 1000L))
        {
            return new DigVerdict(DigWord.Ask, treasure, hole.Generation + 1);
        }

        return doubt ? new DigVerdict(DigWord.Ask, treasure, hole.Generation) : new DigVerdict(DigWord.Taken, treasure);
    }

    /// <summary>Remembers a claim that is on disk.</summary>
    /// <returns>whether the hole is new</returns>
    public bool Remember(Treasure treasure, DugClaim claim)
    {
        ref var hole = ref CollectionsMarshal.GetValueRefOrAddDefault(_holes, treasure.Id, out var known);
        hole ??= new Hole();
        if (!known)
        {
            _marks.Add(treasure.Tile);
        }

        if (!known || claim.Generation > hole.Generation)
        {
            (hole.Generation, hole.At) = (claim.Generation, claim.At);
        }

        var at = hole.Claims.FindIndex(other => other.Generation == claim.Generation);
        if (at < 0)
        {
            hole.Claims.Add(claim);
            if (hole.Claims.Count > Remembered)
            {
                hole.Claims.RemoveAt(0);
            }
        }
        else if (hole.Claims[at].Operation is null)
        {
            // The better word about a claim wins: whose it is, and of which operation.
            hole.Claims[at] = claim with { Player = claim.Player ?? hole.Claims[at].Player };
        }

        return !known;
    }

    /// <summary>The nearest holes in sight; answers how many are in sight.</summary>
    public int See(SightMask sight, out ImmutableArray<Tile> nearest)
    {
        Span<Near> kept = stackalloc Near[Sighting.MaxMarks];
        var pick = new NearestPick<NoTies>(kept, sight.Eye, default);
        var count = 0;
        var marks = CollectionsMarshal.AsSpan(_marks);
        for (var i = 0; i < marks.Length; i++)
        {
            if (sight.Sees(marks[i]))
            {
                count++;
                pick.Offer(marks[i], i);
            }
        }

        if (count == 0)
        {
            nearest = [];
            return 0;
        }

        var seen = new Tile[pick.Count];
        var at = 0;
        foreach (var item in pick.InOrder())
        {
            seen[at++] = _marks[item.Index];
        }

        nearest = ImmutableCollectionsMarshal.AsImmutableArray(seen);
        return count;
    }

    /// <summary>What is known of one treasure's claims.</summary>
    private sealed class Hole
    {
        /// <summary>The latest generation that was claimed, and when.</summary>
        public int Generation { get; set; }

        public long At { get; set; }

        /// <summary>The latest claims, at most one a generation.</summary>
        public List<DugClaim> Claims { get; } = new(1);
    }

    // At most one treasure lies in a tile.
    private readonly struct NoTies : ITieBreak
    {
        public int Compare(int one, int other) => 0;
    }
}

/// <param name="Generation">which generation was claimed</param>
/// <param name="At">when, in milliseconds since 1970 UTC</param>
/// <param name="Player">by whom; null when only the ledger knows</param>
/// <param name="Operation">by which command; null when only the ledger knows</param>
/// <param name="Points">the points on disk; 0 when only the ledger knows</param>
internal readonly record struct DugClaim(int Generation, long At, PlayerId? Player, OperationId? Operation, long Points);
