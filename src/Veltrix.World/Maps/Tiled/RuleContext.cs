using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>What the rule must know about a map as a whole before it can judge one of its names.</summary>
internal sealed class RuleContext
{
    private readonly Terrain _plainWater;

    public RuleContext(TiledMap map, MapReadOptions options)
    {
        Options = options;
        var names = Names(map).ToList();
        _plainWater = names.Exists(MapRule.NamesDeepWater) ? Terrain.ShallowWater : Terrain.DeepWater;
        var outdoors = names.Exists(name => TerrainOf(name) is Terrain.Grass or Terrain.Wood or Terrain.Sand or Terrain.DeepWater or Terrain.Marsh or Terrain.Hill or Terrain.Snow);
        Unknown = outdoors ? Terrain.Grass : Terrain.Floor;
    }

    public MapReadOptions Options { get; }

    /// <summary>What ground is of which nothing is said: grass where the map speaks of nature, else floor.</summary>
    public Terrain Unknown { get; }

    public Terrain? TerrainOf(string name) =>
        name.Length == 0 ? null : Options.Terrains.TryGetValue(name, out var told) ? told : MapRule.TerrainOf(name, _plainWater);

    public Ground GroundOf(Terrain terrain) => Options.Grounds.TryGetValue(terrain, out var told) ? told : MapRule.GroundOf(terrain);

    private IEnumerable<string> Names(TiledMap map)
    {
        foreach (var set in map.Tilesets)
        {
            foreach (var name in set.TerrainNames)
            {
                yield return name;
            }

            foreach (var tile in set.Tiles.Values)
            {
                yield return tile.Class;
                foreach (var name in Words(tile.Properties).Concat(tile.Terrains.SelectMany(terrain => Words(terrain.Properties))))
                {
                    yield return name;
                }
            }

            foreach (var name in Words(set.Properties))
            {
                yield return name;
            }
        }

        foreach (var layer in map.Layers)
        {
            yield return layer.Name;
        }
    }

    private IEnumerable<string> Words(TiledProperties properties) =>
        properties.All.Select(one => MapRule.IsTerrainProperty(one.Key, Options) || one.Key.Equals("name", StringComparison.OrdinalIgnoreCase) ? one.Value : MapRule.IsYes(one.Value) ? one.Key : "");
}

/// <summary>What the custom properties of a tile, a layer or an object say. Where they disagree, the word that blocks holds.</summary>
internal readonly struct Sayings
{
    private const long MostPoints = 1_000_000_000;

    public Sayings(TiledProperties properties, RuleContext rule)
    {
        var best = int.MaxValue;
        foreach (var (name, value) in properties.All)
        {
            if (MapRule.IsBlockingProperty(name, rule.Options))
            {
                Blocks = Either(Blocks, MapRule.BlocksByName(value) ?? MapRule.IsYes(value));
            }
            else if (MapRule.IsWalkableProperty(name, rule.Options))
            {
                Walkable |= MapRule.IsYes(value);
                Blocks = Either(Blocks, !MapRule.IsYes(value));
            }
            else if (MapRule.IsTerrainProperty(name, rule.Options))
            {
                Terrain ??= rule.TerrainOf(value);
                Blocks = Either(Blocks, MapRule.BlocksByName(value));
            }
            else if (MapRule.IsCostProperty(name))
            {
                Cost ??= MapRule.CostOf(value);
            }
            else if (MapRule.IsHidingProperty(name) || MapRule.IsClearProperty(name))
            {
                Hides ??= MapRule.IsYes(value) == MapRule.IsHidingProperty(name);
            }
            else if (MapRule.IsColourProperty(name))
            {
                Colour ??= TileTraits.Colour(value);
            }
            else if (MapRule.PointsRank(name) is var rank and >= 0)
            {
                if (rank < best && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var points) && points is >= 1 and <= MostPoints)
                {
                    (best, Points) = (rank, (long)points);
                }
            }
            else if (value is "true" or "1")
            {
                Terrain ??= rule.TerrainOf(name);
            }
        }

        Walkable &= Blocks != true;
    }

    public bool? Blocks { get; }

    public bool Walkable { get; }

    public Terrain? Terrain { get; }

    public int? Cost { get; }

    public bool? Hides { get; }

    public uint? Colour { get; }

    public long Points { get; }

    private static bool? Either(bool? before, bool? now) => before == true || now == true ? true : before ?? now;
}
