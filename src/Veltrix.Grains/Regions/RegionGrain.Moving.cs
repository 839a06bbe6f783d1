using Veltrix.World;

namespace Veltrix.Grains.Regions;

/// <summary>A region goes to the silo that has its place, with those who stand in it and those who watch it. What lies in it, it reads from the ledger again.</summary>
internal sealed partial class RegionGrain : IGrainMigrationParticipant, IMovable
{
    private const string BaggageKey = "region";

    private RegionBaggage? _baggage;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // What was gathered does not come along.
        SendNews();
        return Task.CompletedTask;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        var now = NowMilliseconds();
        dehydrationContext.TryAddValue(BaggageKey, new RegionBaggage(
            [.. _ground.Crowd.ToBystanders(now)],
            [.. _watchers.Select(watcher => new Watching(watcher.Key, watcher.Value - now))],
            _news.Version));
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext) => rehydrationContext.TryGetValue(BaggageKey, out _baggage);

    public ValueTask<bool> LeaveAsync() => new(this.MoveTo(spread.Leave(_scene.PlaceOf(_region))));

    private void Unpack(RegionBaggage baggage)
    {
        var now = NowMilliseconds();
        foreach (var standing in baggage.Crowd)
        {
            _ground.Crowd.Place(standing.Player, standing.AsOf, standing.Tile, now - standing.HeardAgo);
        }

        foreach (var watching in baggage.Watchers)
        {
            _watchers[watching.Watcher] = now + watching.Left;
        }

        // Watchers take a number that does not go on from theirs for a hole.
        _news = new RegionNewsDesk(_region, baggage.NewsVersion);
    }

    /// <summary>Asked with each call: whether to go on at another silo once the calls that are under way are done.</summary>
    private void MoveIfBetter()
    {
        if (!spread.Rests)
        {
            this.MoveTo(spread.Settle(_scene.PlaceOf(_region)));
        }
    }
}

/// <param name="Crowd">who stands in the region</param>
/// <param name="Watchers">who watches it</param>
/// <param name="NewsVersion">the number of the last news</param>
[GenerateSerializer, Immutable, Alias("veltrix.region-baggage")]
internal sealed record RegionBaggage(
    [property: Id(0)] ImmutableArray<Bystander> Crowd,
    [property: Id(1)] ImmutableArray<Watching> Watchers,
    [property: Id(2)] long NewsVersion);

/// <param name="Player">who</param>
/// <param name="AsOf">the command that brought them there</param>
/// <param name="Tile">where</param>
/// <param name="HeardAgo">how many milliseconds ago that was heard: silos have no clock in common</param>
[GenerateSerializer, Immutable, Alias("veltrix.bystander")]
internal readonly record struct Bystander(
    [property: Id(0)] PlayerId Player,
    [property: Id(1)] OperationId AsOf,
    [property: Id(2)] Tile Tile,
    [property: Id(3)] long HeardAgo);

/// <param name="Watcher">who watches</param>
/// <param name="Left">for how many milliseconds more</param>
[GenerateSerializer, Immutable, Alias("veltrix.watching")]
internal readonly record struct Watching([property: Id(0)] IRegionWatcher Watcher, [property: Id(1)] long Left);
