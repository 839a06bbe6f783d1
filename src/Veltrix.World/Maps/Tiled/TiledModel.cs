using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>A map as Tiled tells it, before the rule makes ground of it. Layers come bottom first, out of their groups.</summary>
internal sealed record TiledMap(
    int Width, int Height, int TileWidth, int TileHeight, int OriginX, int OriginY, TiledProperties Properties, IReadOnlyList<TiledTileset> Tilesets, IReadOnlyList<TiledLayer> Layers);

/// <summary>A tile layer has chunks (a finite one has one), an object layer has objects. Offsets are in pixels and include the groups'.</summary>
internal sealed record TiledLayer(
    string Name, string Class, bool Visible, double OffsetX, double OffsetY, TiledProperties Properties, IReadOnlyList<TiledChunk> Chunks, IReadOnlyList<TiledObject>? Objects)
{
    /// <summary>The names of the groups around the layer, which speak for it where it says nothing itself.</summary>
    public required string Groups { get; init; }
}

/// <summary>A rectangle of tile numbers, at a tile of the map.</summary>
internal sealed record TiledChunk(int X, int Y, int Width, int Height, LayerData Data);

internal enum TiledShape
{
    Rectangle,
    Point,
    Ellipse,
    Polygon,
    Polyline,
    Tile,
    Text,
}

/// <summary>Something on an object layer. X and Y are pixels of the map; corners are relative to them.</summary>
internal sealed record TiledObject(
    string Name, string Class, TiledShape Shape, double X, double Y, double Width, double Height, double Rotation, uint Gid,
    TiledProperties Properties, IReadOnlyList<(double X, double Y)> Corners)
{
    /// <summary>Where in the shape its X and Y lie, in shares of its size: an object that shows a tile hangs above its point, unless its tileset says otherwise.</summary>
    public (double X, double Y) Anchor { get; init; }
}

/// <summary>A set of tiles; tile n of it has the number <paramref name="FirstGid"/> + n in the map.</summary>
internal sealed record TiledTileset(
    string Name, int FirstGid, int? Count, int Columns, int TileWidth, int TileHeight, string Alignment, IReadOnlyDictionary<int, TiledTile> Tiles, IReadOnlyList<string> TerrainNames,
    TiledProperties Properties)
{
    /// <summary>The file that it was read from, relative to the map's folder; empty where it is embedded.</summary>
    public string Source { get; init; } = "";

    /// <summary>The tileset that has the tile: of <paramref name="sets"/>, in the order of their first numbers, the last that starts at it or before.</summary>
    public static TiledTileset? Of(IReadOnlyList<TiledTileset> sets, uint gid)
    {
        int from = 0, to = sets.Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = sets[middle].FirstGid <= gid ? (middle + 1, to) : (from, middle);
        }

        return from == 0 ? null : sets[from - 1];
    }
}

/// <summary>A terrain by its name, its set's name, the colour that Tiled shows it with, and what is said about it.</summary>
internal readonly record struct TiledTerrain(string Name, string Set, uint? Colour, TiledProperties Properties);

/// <summary>What a tileset says about one tile.</summary>
internal sealed class TiledTile
{
    public string Class { get; set; } = "";

    public TiledProperties Properties { get; set; } = TiledProperties.None;

    /// <summary>Of each terrain set that knows the tile, the terrain that rules it.</summary>
    public List<TiledTerrain> Terrains { get; } = [];

    public IReadOnlyList<TiledObject> Collision { get; set; } = [];

    /// <summary>The size of its own picture, in a tileset where each tile has one; else 0.</summary>
    public (int Width, int Height) Image { get; set; }
}

/// <summary>Custom properties. A class's members stand beside its own name, as "door.locked", and under their bare names where those are free.</summary>
internal sealed class TiledProperties(IReadOnlyList<KeyValuePair<string, string>> all)
{
    public static TiledProperties None { get; } = new([]);

    public IReadOnlyList<KeyValuePair<string, string>> All { get; } = all;

    private const int Most = 1_000;

    public static TiledProperties Of(TiledNode node, TiledBudget budget)
    {
        List<KeyValuePair<string, string>>? all = null;
        foreach (var list in node.All("properties"))
        {
            Collect(list, all ??= []);
        }

        if (all?.Count > Most)
        {
            throw budget.Wrong(node, $"it has {all.Count} properties, and {Most} are the most that are read; remove those that nobody uses.");
        }

        return all is null ? None : new(all);
    }

    /// <summary>These, and those of <paramref name="others"/> that these do not have.</summary>
    public TiledProperties Or(TiledProperties others, TiledBudget budget)
    {
        if (All.Count == 0 || others.All.Count == 0)
        {
            return All.Count == 0 ? others : this;
        }

        var own = All.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        var both = All.ToList();
        foreach (var other in others.All.Where(other => !own.Contains(other.Key)))
        {
            budget.Part();
            both.Add(other);
        }

        return new(both);
    }

    private static void Collect(TiledNode list, List<KeyValuePair<string, string>> all)
    {
        foreach (var property in list.All("property"))
        {
            var name = property["name"] ?? "";
            if (property.Child("properties") is { } members)
            {
                all.Add(new(name, property["propertytype"] ?? ""));
                Collect(members, all);
            }
            else
            {
                all.Add(new(name, property["value"] ?? property.Text ?? ""));
            }
        }
    }
}

/// <summary>Numbers of a Tiled file, with complaints that name the place.</summary>
internal static class TiledNumbers
{
    private const double FarthestPixel = 1e9;

    public static int Whole(this TiledNode node, string attribute, int? missing, TiledBudget budget)
    {
        var text = node[attribute];
        return text is null && missing is { } value ? value
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < FarthestPixel ? (int)real
            : throw budget.Wrong(node, text is null ? $"it has no {attribute}; save the map again in Tiled." : $"its {attribute} \"{TiledBudget.Short(text)}\" is no whole number; save the map again in Tiled.");
    }

    public static double Real(this TiledNode node, string attribute, double missing, TiledBudget budget)
    {
        var text = node[attribute];
        return text is null ? missing : Real(text, node, attribute, budget);
    }

    public static double Real(string text, TiledNode node, string what, TiledBudget budget) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= FarthestPixel
            ? number
            : throw budget.Wrong(node, $"its {what} \"{TiledBudget.Short(text)}\" is no place on any map; mend it in Tiled.");

    public static bool Flag(this TiledNode node, string attribute, bool missing) =>
        node[attribute] is { } text ? text is not ("0" or "false") : missing;
}
