namespace Veltrix.World.Maps;

/// <summary>
/// What a caller knows better than the rule (see the README beside this file). Every list adds to what the rule knows by itself and
/// wins over it. Names of layers and properties are compared without regard to case; a '*' in a layer's name stands for any text.
/// </summary>
public sealed record MapReadOptions
{
    public static MapReadOptions Default { get; } = new();

    /// <summary>What the map is called; null takes the file's name without its extension.</summary>
    public string? Name { get; init; }

    /// <summary>Layers whose tiles and shapes all block.</summary>
    public IReadOnlyList<string> BlockingLayers { get; init; } = [];

    /// <summary>Layers that are drawn above players: they never block.</summary>
    public IReadOnlyList<string> OverheadLayers { get; init; } = [];

    /// <summary>Layers that are left out altogether.</summary>
    public IReadOnlyList<string> IgnoredLayers { get; init; } = [];

    /// <summary>More names of properties that say that a tile, layer or shape blocks.</summary>
    public IReadOnlyList<string> BlockingProperties { get; init; } = [];

    /// <summary>More names of properties that say that one can walk on a tile.</summary>
    public IReadOnlyList<string> WalkableProperties { get; init; } = [];

    /// <summary>More names of properties whose value names the terrain.</summary>
    public IReadOnlyList<string> TerrainProperties { get; init; } = [];

    /// <summary>More words that make an object a treasure.</summary>
    public IReadOnlyList<string> TreasureWords { get; init; } = [];

    /// <summary>More words that make an object a spawn point.</summary>
    public IReadOnlyList<string> SpawnWords { get; init; } = [];

    /// <summary>The terrain of single tiles, as "tileset:id" with the id within the tileset, or of a terrain or class name.</summary>
    public IReadOnlyDictionary<string, Terrain> Terrains { get; init; } = new Dictionary<string, Terrain>();

    /// <summary>What a terrain does when the map says nothing else; replaces <see cref="MapRule.GroundOf"/> for the terrains named.</summary>
    public IReadOnlyDictionary<Terrain, Ground> Grounds { get; init; } = new Dictionary<Terrain, Ground>();

    /// <summary>Whether ground where no layer has a tile blocks.</summary>
    public bool EmptyBlocks { get; init; } = true;
}
