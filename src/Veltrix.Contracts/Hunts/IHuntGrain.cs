using Orleans.Concurrency;
using Veltrix.World.Rules;

namespace Veltrix.Contracts;

/// <summary>One hunt's definition and course. The key is the hunt's id.</summary>
[Alias("veltrix.IHuntGrain")]
public interface IHuntGrain : IGrainWithStringKey
{
    /// <summary>Creates the hunt. A repeat of the same draft gets the same answer; another draft under the same id gets Exists.</summary>
    [Alias("Create")]
    ValueTask<HuntReply> CreateAsync(HuntDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Starts a scheduled hunt now. A hunt that runs is left as it is.</summary>
    [Alias("Start")]
    ValueTask<HuntReply> StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the hunt now, for ever: every ledger shard is sealed when this returns.</summary>
    [Alias("End")]
    ValueTask<HuntReply> EndAsync(CancellationToken cancellationToken = default);

    /// <summary>The definition as it stands on disk, or null when the hunt was never created.</summary>
    // It interleaves with everything: it answers one reference, which is set after each write, and so it is never waited for while
    // an end seals the shards.
    [Alias("Get"), ReadOnly, AlwaysInterleave]
    ValueTask<HuntDefinition?> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>What an organiser asks for.</summary>
/// <param name="Name">what people call it: 1 to 100 characters</param>
/// <param name="MapHash">a stored map</param>
/// <param name="Seed">decides treasures and spawns; a secret of the organiser</param>
/// <param name="Rules">how it is played</param>
/// <param name="StartsAt">when it starts by itself; null: by an explicit start</param>
/// <param name="EndsAt">when it ends by itself; null: by an explicit end</param>
[GenerateSerializer, Immutable, Alias("veltrix.hunt-draft")]
public sealed record HuntDraft(
    [property: Id(0)] string Name,
    [property: Id(1)] string MapHash,
    [property: Id(2)] ulong Seed,
    [property: Id(3)] HuntRules Rules,
    [property: Id(4)] DateTimeOffset? StartsAt = null,
    [property: Id(5)] DateTimeOffset? EndsAt = null);

/// <summary>A hunt's course, told by its times.</summary>
public enum HuntPhase : byte
{
    Scheduled = 0,
    Running = 1,
    Over = 2,
}

/// <param name="Id">the hunt</param>
/// <param name="Draft">what was asked for, with the times as they are now</param>
/// <param name="CreatedAt">when it was created</param>
/// <param name="Version">rises with every change</param>
[GenerateSerializer, Immutable, Alias("veltrix.hunt-definition")]
public sealed record HuntDefinition(
    [property: Id(0)] HuntId Id, [property: Id(1)] HuntDraft Draft, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] int Version)
{
    public HuntPhase PhaseAt(DateTimeOffset now) =>
        Draft.EndsAt <= now ? HuntPhase.Over : Draft.StartsAt <= now ? HuntPhase.Running : HuntPhase.Scheduled;
}

public enum HuntStatus : byte
{
    Ok = 0,

    /// <summary>Another hunt has this id.</summary>
    Exists = 1,

    /// <summary>There is no such hunt.</summary>
    NotFound = 2,

    /// <summary>There is no such map.</summary>
    NoMap = 3,

    /// <summary>The draft does not fit; the problem says why.</summary>
    Invalid = 4,

    /// <summary>The hunt is over, and stays so.</summary>
    Over = 5,
}

[GenerateSerializer, Immutable, Alias("veltrix.hunt-reply")]
public sealed record HuntReply(
    [property: Id(0)] HuntStatus Status, [property: Id(1)] HuntDefinition? Hunt = null, [property: Id(2)] string? Problem = null);

/// <summary>All hunts, in order of their ids. The key is <see cref="GrainKeys.Whole"/>.</summary>
[Alias("veltrix.IHuntListGrain")]
public interface IHuntListGrain : IGrainWithStringKey
{
    [Alias("Add")]
    ValueTask AddAsync(HuntId hunt, CancellationToken cancellationToken = default);

    /// <param name="after">the id before the first that is wanted; null for the first of all</param>
    /// <param name="limit">how many at the most: 1 to 1,000</param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("List"), ReadOnly]
    ValueTask<ImmutableArray<HuntId>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}
