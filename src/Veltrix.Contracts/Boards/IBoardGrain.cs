using Orleans.Concurrency;

namespace Veltrix.Contracts;

/// <summary>
/// A hunt's ranking, exact as of a number of ledger entries. More points come first; of equal points, who had them earlier; of the same
/// moment, the name that is smaller byte by byte. Nobody shares a rank. The key is the hunt.
/// </summary>
[Alias("veltrix.IBoardGrain")]
public interface IBoardGrain : IGrainWithStringKey
{
    /// <param name="count">how many: 1 to 1,000</param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("Top"), ReadOnly]
    ValueTask<BoardPage> TopAsync(int count, CancellationToken cancellationToken = default);

    /// <summary>A player and those who rank next to them; an empty page for a player who never scored.</summary>
    /// <param name="player">the player</param>
    /// <param name="either">how many to either side: 0 to 500</param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("Around"), ReadOnly]
    ValueTask<BoardPage> AroundAsync(PlayerId player, int either, CancellationToken cancellationToken = default);

    /// <summary>
    /// Entries of a shard that are on disk. The board takes each position once: what it has had it passes over, what it misses
    /// it reads from the ledger, so a lost call costs time and no points.
    /// </summary>
    /// <param name="shard">the shard</param>
    /// <param name="first">the position of the first entry of the group</param>
    /// <param name="last">the position of the last entry of the group</param>
    /// <param name="scored">those of the group that score</param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("Record")]
    ValueTask RecordAsync(
        int shard, long first, long last, ImmutableArray<ScoredEntry> scored, CancellationToken cancellationToken = default);
}

[GenerateSerializer, Immutable, Alias("veltrix.scored-entry")]
public readonly record struct ScoredEntry(
    [property: Id(0)] PlayerId Player, [property: Id(1)] long Points, [property: Id(2)] bool Claim, [property: Id(3)] long At);

/// <param name="Standings">in order of rank</param>
/// <param name="Players">how many players have scored</param>
/// <param name="Entries">how many entries of the ledger the board includes, of any kind</param>
/// <param name="Points">the sum of all points</param>
[GenerateSerializer, Immutable, Alias("veltrix.board-page")]
public sealed record BoardPage(
    [property: Id(0)] ImmutableArray<Standing> Standings,
    [property: Id(1)] int Players,
    [property: Id(2)] long Entries,
    [property: Id(3)] long Points);

/// <param name="Rank">counted from 1</param>
/// <param name="Total">whose, and how many points</param>
[GenerateSerializer, Immutable, Alias("veltrix.standing")]
public readonly record struct Standing([property: Id(0)] int Rank, [property: Id(1)] PlayerTotal Total);
