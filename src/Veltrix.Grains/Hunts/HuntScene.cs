using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Hunts;

/// <summary>
/// What all grains of a hunt on one silo share: the map, the rules, where treasures lie, and references to the hunt's other grains. All of it
/// is immutable but the definition, whose times may change; <see cref="IHuntCatalog"/> keeps it fresh. Reading it costs nothing.
/// </summary>
internal sealed class HuntScene
{
    private readonly IGrainFactory _grains;
    private readonly IRegionGrain?[] _regions;
    private readonly ILedgerShardGrain[] _shards;
    private HuntDefinition _definition;
    private double[]? _places;

    public HuntScene(HuntDefinition definition, TileMap map, IGrainFactory grains)
    {
        _definition = definition;
        _grains = grains;
        Hunt = definition.Id;
        Map = map;
        Rules = definition.Draft.Rules;
        Grid = new RegionGrid(map, Rules.RegionSize);
        Plan = TreasurePlan.Create(map, Rules, definition.Draft.Seed);
        _regions = new IRegionGrain?[Grid.Count];
        _shards = [.. Enumerable.Range(0, Rules.LedgerShards).Select(shard => grains.Shard(Hunt, shard))];
    }

    public HuntId Hunt { get; }

    public TileMap Map { get; }

    public RegionGrid Grid { get; }

    public TreasurePlan Plan { get; }

    /// <summary>The rules are settled when a hunt is created and never change.</summary>
    public HuntRules Rules { get; }

    /// <summary>The definition as last read. Later than a second after a change it has the change.</summary>
    public HuntDefinition Definition => Volatile.Read(ref _definition);

    /// <summary>When the definition was last read, as a timestamp of the catalog's clock.</summary>
    internal long ReadAt;

    /// <summary>The read that is under way, if one is.</summary>
    internal Task? Reading;

    public HuntPhase PhaseAt(DateTimeOffset now) => Definition.PhaseAt(now);

    public IRegionGrain Region(int region) => _regions[region] ??= _grains.Region(Hunt, region);

    /// <summary>Where a region lies on the line that silos share. Asked for only where there is more than one silo, so it is made when it is first asked for.</summary>
    public double PlaceOf(int region) => (_places ??= [.. RegionLine.Of(Map, Grid).Select(point => Places.Turn(Hunt, point))])[region];

    public int ShardOf(PlayerId player) => GrainKeys.ShardOf(player, _shards.Length);

    public ILedgerShardGrain Shard(PlayerId player) => _shards[ShardOf(player)];

    public Tile SpawnOf(PlayerId player) => Spawns.For(Map, _definition.Draft.Seed, player.Value);

    /// <summary>Takes a definition that was read; an older one than is known, which a slow read may bring, changes nothing.</summary>
    internal void Take(HuntDefinition read)
    {
        if (read.Version > Definition.Version)
        {
            Volatile.Write(ref _definition, read);
        }
    }
}
