using Veltrix.World;

namespace Veltrix.Contracts;

/// <summary>What is on disk of hunts' ledgers, for those in a silo that build their memory from it.</summary>
public interface ILedgerArchive
{
    /// <summary>The claims in a region, oldest first, and its newest clues, oldest first.</summary>
    ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default);

    /// <summary>Every player's total, and how many entries of each shard it includes, as of one moment.</summary>
    ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default);

    /// <summary>A player's total.</summary>
    ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default);

    /// <summary>Entries of one shard by position.</summary>
    ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default);
}

public sealed record RegionHistory(ImmutableArray<PastClaim> Claims, ImmutableArray<PastClue> Clues);

public readonly record struct PastClaim(int Treasure, int Generation, long At, PlayerId Player, long Points);

public readonly record struct PastClue(OperationId Operation, PlayerId Author, Tile Tile, string? Text);

/// <param name="Players">who has an entry that scored</param>
/// <param name="Entries">by shard: the position of the last entry that is included</param>
public sealed record LedgerTotals(ImmutableArray<PlayerTotal> Players, ImmutableArray<long> Entries);

/// <param name="Player">the player</param>
/// <param name="Points">the sum of the points of their entries</param>
/// <param name="Finds">how many claims are among them</param>
/// <param name="ReachedAt">when the total last changed, in milliseconds since 1970 UTC</param>
[GenerateSerializer, Immutable, Alias("veltrix.player-total")]
public readonly record struct PlayerTotal(
    [property: Id(0)] PlayerId Player, [property: Id(1)] long Points, [property: Id(2)] int Finds, [property: Id(3)] long ReachedAt);
