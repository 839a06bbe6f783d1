using Orleans.Concurrency;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Contracts;

/// <summary>One chunk of the map: who stands in it, what lies in it, and what is buried in it. The key is <see cref="GrainKeys.Region(HuntId, int)"/>.</summary>
[Alias("veltrix.IRegionGrain")]
public interface IRegionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Plays consecutive steps of one player, all in this region, in order. What scores or must last is in the ledger before this returns.
    /// A repeat with the same operations gets the same outcomes. A fault means that the outcome is unknown: repeat the same request.
    /// It takes no token: steps run to their own end, and a token costs each of the most frequent calls a source that nobody cancels.
    /// </summary>
    [Alias("Apply")]
    ValueTask<ImmutableArray<StepOutcome>> ApplyAsync(RegionRequest request);

    /// <summary>
    /// The player walked inside this region, and stands here as of a command of the session. Nobody waits for it: a walk inside a region needs
    /// nobody's leave, most commands are such walks, and a call that is lost is made up for by the player's next one, which tells where they stand.
    /// Calls of one silo are heard in their order: a look that is sent after a walk was told sees it.
    /// </summary>
    [Alias("Walk"), OneWay]
    ValueTask WalkAsync(PlayerId player, OperationId asOf, Tile tile);

    /// <summary>What of this region lies in somebody's sight: for looks across a border.</summary>
    [Alias("Look"), ReadOnly]
    ValueTask<Sighting> LookAsync(PlayerId looker, [Immutable] SightMask sight, CancellationToken cancellationToken = default);

    /// <summary>The player stands here now (spawn, resume), as of a command of the session: an older one than what is known changes nothing.</summary>
    [Alias("Arrive")]
    ValueTask ArriveAsync(PlayerId player, OperationId asOf, Tile tile, CancellationToken cancellationToken = default);

    /// <summary>The player is no longer here, as of a command of the session: if a newer one brought them back, nothing changes.</summary>
    [Alias("Depart")]
    ValueTask DepartAsync(PlayerId player, OperationId asOf, CancellationToken cancellationToken = default);

    /// <summary>
    /// Subscribes a gateway to what changes here, for one minute; a repeat prolongs it. At most 64 watch one region. News come at
    /// most every 100 ms and carry rising numbers without holes: after a hole, watch again.
    /// </summary>
    /// <returns>all that there is to see now</returns>
    [Alias("Watch")]
    ValueTask<RegionView> WatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default);

    [Alias("Unwatch")]
    ValueTask UnwatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default);
}

/// <param name="Player">whose steps</param>
/// <param name="Session">the session of their sequences</param>
/// <param name="Steps">1 or more steps that concern this region</param>
/// <param name="Stands">where the player stands in this region after the steps, and as of which command; null when that is elsewhere</param>
[GenerateSerializer, Immutable, Alias("veltrix.region-request")]
public sealed record RegionRequest(
    [property: Id(0)] PlayerId Player,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] ImmutableArray<RegionStep> Steps,
    [property: Id(3)] Standpoint? Stands)
{
    /// <summary>Stays in the process, see <see cref="CallMark"/>.</summary>
    [field: NonSerialized]
    public CallMark Mark { get; init; }
}

/// <summary>A command as a region sees it: what needs only the player and the map was decided before.</summary>
/// <param name="Sequence">the command's sequence</param>
/// <param name="Kind">Look, DropClue, Dig, or a Move that enters the region</param>
/// <param name="Tile">the target; for a look the tile of the eye</param>
/// <param name="Text">a clue's text</param>
/// <param name="Sight">for a look: what the player sees</param>
[GenerateSerializer, Immutable, Alias("veltrix.region-step")]
public readonly record struct RegionStep(
    [property: Id(0)] ulong Sequence,
    [property: Id(1)] CommandKind Kind,
    [property: Id(2)] Tile Tile,
    [property: Id(3)] string? Text = null,
    [property: Id(4)] SightMask? Sight = null);

/// <param name="Result">how the step ended</param>
/// <param name="Points">a dig's points on disk</param>
/// <param name="Treasure">a dig's treasure</param>
/// <param name="Seen">what a look saw of this region</param>
/// <param name="RetryMilliseconds">for Busy: when to try again</param>
/// <param name="Repeated">whether an Ok was on disk before this call: the operation had been played already</param>
[GenerateSerializer, Immutable, Alias("veltrix.step-outcome")]
public readonly record struct StepOutcome(
    [property: Id(0)] CommandResult Result,
    [property: Id(1)] long Points = 0,
    [property: Id(2)] int Treasure = 0,
    [property: Id(3)] Sighting? Seen = null,
    [property: Id(4)] int RetryMilliseconds = 0,
    [property: Id(5)] bool Repeated = false);

/// <summary>A gateway that watches regions, for its live pages and for players who asked to be told what comes into view.</summary>
[Alias("veltrix.IRegionWatcher")]
public interface IRegionWatcher : IGrainObserver
{
    [Alias("Changed"), OneWay]
    void Changed(RegionNews news);
}

/// <summary>All that there is to see in a region.</summary>
/// <param name="Region">which</param>
/// <param name="Version">the number of the last news that it includes</param>
/// <param name="Players">who stands where</param>
/// <param name="Marks">dug holes</param>
/// <param name="Clues">how many clues lie there</param>
[GenerateSerializer, Immutable, Alias("veltrix.region-view")]
public sealed record RegionView(
    [property: Id(0)] int Region,
    [property: Id(1)] long Version,
    [property: Id(2)] ImmutableArray<SeenPlayer> Players,
    [property: Id(3)] ImmutableArray<Tile> Marks,
    [property: Id(4)] int Clues);

/// <summary>What changed in a region since the news before. Who moved several times is told once.</summary>
/// <param name="Region">which</param>
/// <param name="Version">one more than the news before</param>
/// <param name="Here">who came or moved, and where they stand</param>
/// <param name="Gone">who is no longer here</param>
/// <param name="Finds">claims, oldest first</param>
/// <param name="Clues">how many clues lie there</param>
[GenerateSerializer, Immutable, Alias("veltrix.region-news")]
public sealed record RegionNews(
    [property: Id(0)] int Region,
    [property: Id(1)] long Version,
    [property: Id(2)] ImmutableArray<SeenPlayer> Here,
    [property: Id(3)] ImmutableArray<PlayerId> Gone,
    [property: Id(4)] ImmutableArray<Find> Finds,
    [property: Id(5)] int Clues);

/// <summary>Somebody's claim.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.find")]
public readonly record struct Find([property: Id(0)] PlayerId Player, [property: Id(1)] Tile Tile, [property: Id(2)] long Points);
