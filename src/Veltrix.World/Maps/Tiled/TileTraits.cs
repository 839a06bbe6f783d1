using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>What the rule makes of one tile of a tileset, wherever it is placed.</summary>
internal sealed class TileTraits
{
    public Terrain? Terrain { get; private set; }

    /// <summary>Whether the tile itself says that it blocks.</summary>
    public bool? Blocks { get; private set; }

    /// <summary>A property of the tile says that it blocks: so it does even above players.</summary>
    public bool SaysBlocks { get; private set; }

    /// <summary>What holds where neither the tile nor its layer names a terrain: its terrain colour's word, or its tileset's.</summary>
    public Terrain? LastTerrain { get; private set; }

    /// <summary>What holds where neither the tile nor its layer says whether it blocks.</summary>
    public bool? LastBlocks { get; private set; }

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
        set.Tiles.TryGetValue(id, out var tile);
        if (tile is not null)
        {
            traits.Learn(set, tile, rule);
        }

        foreach (var family in tile?.Terrains ?? [])
        {
            traits.Heed(new Sayings(family.Properties, rule));
        }

        traits.Heed(new Sayings(set.Properties, rule));

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
        var called = tile.Properties.All.FirstOrDefault(property => property.Key.Equals("name", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        Terrain = said.Terrain ?? rule.TerrainOf(tile.Class) ?? rule.TerrainOf(called);
        foreach (var (name, family, colour, _) in tile.Terrains)
        {
            if (Terrain is null && (rule.TerrainOf(name) ?? rule.TerrainOf(family)) is { } terrain)
            {
                Terrain = terrain;
                Low = MapRule.IsLow(name);
            }

            Painted ??= Terrain is null && colour is { } marker ? TerrainColours.Mix(marker, 0x808080, 110) : null;
        }

        SaysBlocks = said.Blocks == true;
        Blocks = SaysBlocks || MapRule.BlocksByName(tile.Class) == true || MapRule.BlocksByName(called) == true ? true
            : said.Blocks ?? MapRule.BlocksByName(tile.Class) ?? MapRule.BlocksByName(called) ?? (CoverMost(set, tile) ? true : null);
        Walkable = said.Walkable && Blocks != true;
        Cost = said.Cost;
        Hides = said.Hides;
        Low |= MapRule.IsLow(tile.Class) || MapRule.IsLow(called);
        Painted = said.Colour ?? Painted;
        Kind = KindOf(tile.Class, called, tile.Properties, rule.Options);
        Points = said.Points;
    }

    /// <summary>Takes what is said about many tiles at once, where nothing nearer to this one said it.</summary>
    private void Heed(in Sayings said)
    {
        LastTerrain ??= said.Terrain;
        LastBlocks ??= said.Blocks;
        Walkable |= said.Walkable && Blocks is null && LastBlocks == false;
        Cost ??= said.Cost;
        Hides ??= said.Hides;
        Painted ??= said.Colour;
        Points = Points > 0 ? Points : said.Points;
    }

    private static MapObjectKind KindOf(string type, string called, TiledProperties properties, MapReadOptions options)
    {
        var kind = MapRule.KindOf(type, options);
        kind = kind != MapObjectKind.Other ? kind : MapRule.KindOf(called, options);
        foreach (var (name, value) in properties.All)
        {
            kind = kind == MapObjectKind.Other && MapRule.IsKindProperty(name) ? MapRule.KindOf(value, options) : kind;
        }

        return kind;
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
