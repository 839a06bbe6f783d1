using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>What the rule makes of one tile of a tileset, wherever it is placed.</summary>
internal sealed class TileTraits
{
    public Terrain? Terrain { get; private set; }

    /// <summary>Whether the tile itself says that it blocks.</summary>
    public bool? Blocks { get; private set; }

    /// <summary>The tile says in so many words that one walks on it: even its terrain cannot block then.</summary>
    public bool Walkable { get; private set; }

    public int? Cost { get; private set; }

    public bool? Hides { get; private set; }

    public bool Low { get; private set; }

    /// <summary>Its own colour, where the map gives one.</summary>
    public uint? Painted { get; private set; }

    /// <summary>The same for tiles that lie side by side in their tileset, which tend to belong together.</summary>
    public uint Tint { get; private set; }

    public MapObjectKind Kind { get; private set; }

    public string Class { get; private set; } = "";

    public long Points { get; private set; }

    public static TileTraits Of(TiledTileset set, int id, RuleContext rule)
    {
        var traits = new TileTraits
        {
            Tint = TerrainColours.Tint(StableHash.Combine(StableHash.Of(set.Name), (ulong)((((id / set.Columns) / 2) * 1024) + ((id % set.Columns) / 2)))),
        };
        if (set.Tiles.TryGetValue(id, out var tile))
        {
            traits.Learn(set, tile, rule);
        }

        if (rule.Options.Terrains.TryGetValue($"{set.Name}:{id}", out var told))
        {
            traits.Terrain = told;
        }

        return traits;
    }

    /// <summary>"#rrggbb" or "#aarrggbb" as 0xRRGGBB.</summary>
    public static uint? Colour(string? text) =>
        text is { Length: 7 or 9 } && text[0] == '#' && uint.TryParse(text.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var colour)
            ? colour & 0xFFFFFF
            : null;

    private void Learn(TiledTileset set, TiledTile tile, RuleContext rule)
    {
        Class = tile.Class;
        var said = new Sayings(tile.Properties, rule);
        Terrain = said.Terrain ?? rule.TerrainOf(tile.Class);
        foreach (var (name, family, colour) in tile.Terrains)
        {
            if (Terrain is null && (rule.TerrainOf(name) ?? rule.TerrainOf(family)) is { } terrain)
            {
                Terrain = terrain;
                Low = MapRule.IsLow(name);
            }

            Painted ??= Terrain is null && colour is { } marker ? TerrainColours.Mix(marker, 0x808080, 110) : null;
        }

        Blocks = said.Blocks ?? MapRule.BlocksByName(tile.Class) ?? (CoverMost(set, tile) ? true : null);
        Walkable = said.Walkable;
        Cost = said.Cost;
        Hides = said.Hides;
        Low |= MapRule.IsLow(tile.Class);
        Painted = said.Colour ?? Painted;
        Kind = MapRule.KindOf(tile.Class, rule.Options);
        Points = said.Points;
    }

    private static bool CoverMost(TiledTileset set, TiledTile tile)
    {
        const int Grid = 8;
        var covered = 0;
        for (var i = 0; tile.Collision.Count > 0 && i < Grid * Grid; i++)
        {
            double x = (i % Grid + 0.5) / Grid * set.TileWidth, y = (i / Grid + 0.5) / Grid * set.TileHeight;
            covered += tile.Collision.Any(shape => Coverage.Holds(shape, x, y)) ? 1 : 0;
        }

        return covered * 2 >= Grid * Grid;
    }
}
