using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>Reads the elements of an object layer, with what their templates add.</summary>
internal sealed class TiledObjectReader(TiledFiles files, TiledBudget budget, MapNotes notes, IReadOnlyList<TiledTileset> tilesets, (int Width, int Height) tileSize)
{
    private const int MaxCorners = 10_000;

    private const uint GidMask = 0x0FFF_FFFF;

    private readonly Dictionary<string, TiledNode?> _templates = new(StringComparer.Ordinal);

    public TiledObject Read(TiledNode node)
    {
        var template = node["template"] is { } reference ? Template(reference) : null;
        var shown = Read(node, template, budget);
        if (shown.Shape == TiledShape.Tile && tilesets.Count == 0)
        {
            notes.Add("Some objects show tiles of a tileset that the map does not have; their places are used all the same.");
        }

        return shown.Shape == TiledShape.Tile ? Sized(shown) : shown;
    }

    public static TiledObject Read(TiledNode node, TiledNode? template, TiledBudget budget)
    {
        var own = node.Child("polygon") ?? node.Child("polyline");
        var line = own ?? template?.Child("polygon") ?? template?.Child("polyline");
        var shape = Has("point") ? TiledShape.Point
            : Has("ellipse") ? TiledShape.Ellipse
            : line is { Name: "polygon" } ? TiledShape.Polygon
            : line is not null ? TiledShape.Polyline
            : Has("text") ? TiledShape.Text
            : (node["gid"] ?? template?["gid"]) is not null ? TiledShape.Tile
            : TiledShape.Rectangle;
        var gid = (node["gid"] ?? template?["gid"]) is { } text ? (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw budget.Wrong(node, $"its gid \"{TiledBudget.Short(text)}\" is no tile number; save the map again in Tiled.")) : 0;
        var properties = TiledProperties.Of(node, budget);
        properties = template is null ? properties : properties.Or(TiledProperties.Of(template, budget), budget);

        return new TiledObject(
            Text("name"),
            (node["type"] is { Length: > 0 } type ? type : node["class"]) is { Length: > 0 } kind ? kind : template?["type"] ?? template?["class"] ?? "",
            shape,
            node.Real("x", 0, budget),
            node.Real("y", 0, budget),
            Math.Max(0, Number("width")),
            Math.Max(0, Number("height")),
            Number("rotation"),
            gid,
            properties,
            line is null ? [] : Corners(line, node, budget));

        bool Has(string child) => node.Child(child) is not null || template?.Child(child) is not null;

        string Text(string attribute) => node[attribute] ?? template?[attribute] ?? "";

        double Number(string attribute) => node.Real(attribute, template?.Real(attribute, 0, budget) ?? 0, budget);
    }

    private static List<(double X, double Y)> Corners(TiledNode line, TiledNode node, TiledBudget budget)
    {
        var corners = new List<(double, double)>();
        foreach (var pair in (line["points"] ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var comma = pair.IndexOf(',', StringComparison.Ordinal);
            if (comma < 0 || corners.Count == MaxCorners)
            {
                throw budget.Wrong(node, $"its corners are no list of at most {MaxCorners} pairs \"x,y\"; draw it again in Tiled.");
            }

            budget.Part();
            corners.Add((TiledNumbers.Real(pair[..comma], node, "corner", budget), TiledNumbers.Real(pair[(comma + 1)..], node, "corner", budget)));
        }

        return corners;
    }

    /// <summary>An object that shows a tile stands as its tileset says, and has the tile's size where the file, as old ones do, gives none.</summary>
    private TiledObject Sized(TiledObject shown)
    {
        var gid = shown.Gid & GidMask;
        var set = TiledTileset.Of(tilesets, gid);
        var (width, height) = set is { TileWidth: > 0, TileHeight: > 0 } ? (set.TileWidth, set.TileHeight) : tileSize;
        if (set is not null && set.Tiles.TryGetValue((int)(gid - (uint)set.FirstGid), out var tile) && tile.Image is { Width: > 0, Height: > 0 } image)
        {
            (width, height) = image;
        }

        var alignment = set?.Alignment ?? "";
        return shown with
        {
            Width = shown.Width > 0 ? shown.Width : width,
            Height = shown.Height > 0 ? shown.Height : height,
            Anchor = (
                alignment is "top" or "center" or "bottom" ? 0.5 : alignment.EndsWith("right", StringComparison.Ordinal) ? 1 : 0,
                alignment is "left" or "center" or "right" ? 0.5 : alignment.StartsWith("top", StringComparison.Ordinal) ? 0 : 1),
        };
    }

    private TiledNode? Template(string reference)
    {
        var path = MapPath.Join(files.Map, reference);
        if (_templates.TryGetValue(path, out var known))
        {
            return known;
        }

        TiledNode? template = null;
        if (files.Read(path) is var (root, _))
        {
            template = root.Child("object");
            Renumber(template, root.Child("tileset"), path);
        }
        else
        {
            notes.Add($"Object template \"{reference}\" is not there: what it says about its objects is not known.");
        }

        return _templates[path] = template;
    }

    /// <summary>A template counts its tile from a tileset of its own; the map knows the same tileset under other numbers, or not at all.</summary>
    private void Renumber(TiledNode? template, TiledNode? tileset, string path)
    {
        if (template?["gid"] is not { } text)
        {
            return;
        }

        var source = tileset?["source"] is { } name ? MapPath.Join(path, name) : null;
        var set = tilesets.FirstOrDefault(set => source is not null && set.Source == source);
        var known = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var gid) && set is not null;
        var number = known ? (gid & GidMask) + set!.FirstGid - tileset!.Whole("firstgid", 1, budget) : 0;
        template.Put("gid", number is > 0 and <= GidMask ? number.ToString(CultureInfo.InvariantCulture) : "0");
    }
}
