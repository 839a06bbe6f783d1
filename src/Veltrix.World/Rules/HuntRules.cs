namespace Veltrix.World.Rules;

/// <summary>What an organiser decides about play. Every setting has a default; <see cref="Problem"/> says what does not fit.</summary>
public sealed record HuntRules
{
    /// <summary>The side of a region, in tiles: 16 to 256. Smaller spreads load over more grains, larger crosses borders less often.</summary>
    public int RegionSize { get; init; } = 64;

    /// <summary>How far a command's target may be from the player, in steps with diagonals counting one: 1 to 16.</summary>
    public int Reach { get; init; } = 8;

    /// <summary>How far a player sees, in tiles: 1 to 16.</summary>
    public int SightRadius { get; init; } = 8;

    /// <summary>How fast a player may walk over long stretches, in steps on plain ground a second: 0.1 to 1,000.</summary>
    public double StepsPerSecond { get; init; } = 12;

    /// <summary>How much walking a player who stood still may do at once, in seconds of walking: 1 to 60.</summary>
    public double PaceSeconds { get; init; } = 4;

    /// <summary>Buried treasures for each 1,000 tiles of the largest connected part, beside those that the map brings: 0 to 1,000.</summary>
    public int TreasuresPerThousand { get; init; } = 20;

    /// <summary>The fewest points of a buried treasure: 1 or more.</summary>
    public int LeastPoints { get; init; } = 1;

    /// <summary>The most points of a buried treasure: at most 1,000,000.</summary>
    public int MostPoints { get; init; } = 100;

    /// <summary>Seconds after a claim until the treasure lies there again as its next generation; 0 means never.</summary>
    public int RespawnSeconds { get; init; }

    /// <summary>Into how many shards the ledger is split, by player: 1 to 256.</summary>
    public int LedgerShards { get; init; } = 16;

    /// <summary>Whether anybody may look at the hunt live: where players are, what they found, the board.</summary>
    public bool Spectators { get; init; } = true;

    /// <summary>Whether anybody may join under a name of their own, without a token from the organiser.</summary>
    public bool Guests { get; init; }

    /// <summary>What does not fit, in a sentence that names the setting and its range; null when all fits.</summary>
    public string? Problem() => this switch
    {
        { RegionSize: < 16 or > 256 } => $"regionSize is {RegionSize}: give 16 to 256 tiles.",
        { Reach: < 1 or > 16 } => $"reach is {Reach}: give 1 to 16 tiles.",
        { SightRadius: < 1 or > 16 } => $"sightRadius is {SightRadius}: give 1 to 16 tiles.",
        { StepsPerSecond: not (>= 0.1 and <= 1000) } => $"stepsPerSecond is {StepsPerSecond}: give 0.1 to 1,000.",
        { PaceSeconds: not (>= 1 and <= 60) } => $"paceSeconds is {PaceSeconds}: give 1 to 60.",
        { TreasuresPerThousand: < 0 or > 1000 } => $"treasuresPerThousand is {TreasuresPerThousand}: give 0 to 1,000.",
        { LeastPoints: < 1 } => $"leastPoints is {LeastPoints}: give 1 or more.",
        { MostPoints: > 1_000_000 } => $"mostPoints is {MostPoints}: give at most 1,000,000.",
        _ when MostPoints < LeastPoints => $"mostPoints is {MostPoints}, below leastPoints {LeastPoints}: give at least as many.",
        { RespawnSeconds: < 0 or > 31_536_000 } => $"respawnSeconds is {RespawnSeconds}: give 0 (never) to 31,536,000 (a year).",
        { LedgerShards: < 1 or > 256 } => $"ledgerShards is {LedgerShards}: give 1 to 256.",
        _ => null,
    };
}
