namespace Veltrix.World.Maps.Tiled;

/// <summary>What a layer's name, class, properties and groups say about everything on it.</summary>
internal sealed record LayerRole
{
    public bool Ignored { get; private init; }

    public bool? Blocks { get; private init; }

    /// <summary>The layer only marks what blocks; its tiles are no picture of anything.</summary>
    public bool Marker { get; private init; }

    public bool Overhead { get; private init; }

    /// <summary>The caller said that it lies over players: then not even its tiles' own words block.</summary>
    public bool Free { get; private init; }

    /// <summary>It is a layer of walls or houses by its name: tiles on it block as if it said so.</summary>
    public bool Walls { get; private init; }

    /// <summary>It says in so many words that one walks on it.</summary>
    public bool Walkable { get; private init; }

    public bool Decoration { get; private init; }

    public bool Ground { get; private init; }

    public bool Low { get; private init; }

    public Terrain? Terrain { get; private init; }

    public MapObjectKind Kind { get; private init; }

    /// <summary>What each tile of it is for: on a layer named Coins every tile is one.</summary>
    public MapObjectKind KindOfTiles { get; private init; }

    /// <summary>The points of each treasure on it that has none of its own.</summary>
    public long Points { get; private init; }

    public static LayerRole Of(TiledLayer layer, RuleContext rule)
    {
        var said = new Sayings(layer.Properties, rule);
        var named = layer.Class.Length > 0 ? $"{layer.Class} {layer.Name}" : layer.Name;
        var forced = MapRule.Matches(rule.Options.BlockingLayers, layer.Name);
        var told = MapRule.Matches(rule.Options.OverheadLayers, layer.Name);
        var blocks = forced ? true : told ? null : said.Blocks ?? MapRule.BlocksByName(named) ?? MapRule.BlocksByName(layer.Groups);
        var overhead = told || (blocks != true && (MapRule.IsOverhead(named) || MapRule.IsOverhead(layer.Groups)));
        var marker = blocks == true && (MapRule.IsMarkerLayer(named) || !layer.Visible);
        var terrain = said.Terrain ?? rule.TerrainOf(layer.Name) ?? rule.TerrainOf(layer.Class);
        var ground = MapRule.IsGround(named);
        var kind = MapRule.KindOf(named, rule.Options);
        return new LayerRole
        {
            Ignored = MapRule.Matches(rule.Options.IgnoredLayers, layer.Name) || (!layer.Visible && blocks != true && layer.Objects is null),
            Blocks = blocks,
            Marker = marker,
            Overhead = overhead,
            Free = told,
            Walls = terrain == Maps.Terrain.Wall && !told,
            Walkable = said.Walkable && blocks == false,
            Decoration = blocks != true && MapRule.IsDecoration(named),
            Ground = ground,
            Low = MapRule.IsLow(named),
            Terrain = terrain,
            Kind = kind,
            KindOfTiles = ground || blocks == true || terrain is not null ? MapObjectKind.Other : kind,
            Points = said.Points,
        };
    }

    public string Describe(TiledLayer layer) =>
        Ignored ? (layer.Visible ? "left out as told" : "hidden, left out")
        : layer.Objects is { } objects ? $"{objects.Count} objects{(Blocks == true ? ", whose shapes block" : Terrain is { } area && layer.Objects.Count > 0 ? $", whose shapes are {area}" : "")}"
        : Overhead ? "above players, does not block"
        : Blocks == true ? "all of it blocks"
        : Terrain is { } terrain ? $"taken for {terrain}"
        : Decoration ? "decoration"
        : "ground, as its tiles say";
}
