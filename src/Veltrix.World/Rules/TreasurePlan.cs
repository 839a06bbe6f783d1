using System.Collections.Immutable;
using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>Something buried: its number in the hunt, counted from 0, its tile, and what its claim scores.</summary>
public readonly record struct Treasure(int Id, Tile Tile, long Points);

/// <summary>Where a hunt's treasures lie: a function of map, rules and seed alone, the same on every machine.</summary>
public sealed class TreasurePlan
{
    private TreasurePlan(ImmutableArray<Treasure> all) => All = all;

    public ImmutableArray<Treasure> All { get; }

    public static TreasurePlan Create(TileMap map, HuntRules rules, ulong seed) => throw new NotSupportedException();

    /// <summary>The treasure that is buried in a tile, if any; at most one is.</summary>
    public bool TryFind(Tile tile, out Treasure treasure) => throw new NotSupportedException();
}
