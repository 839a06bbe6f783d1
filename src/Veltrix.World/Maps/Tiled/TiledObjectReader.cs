using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>Reads the elements of an object layer, with what their templates add.</summary>
internal sealed class TiledObjectReader(string file, IMapFiles files, TiledBudget budget, MapNotes notes, IReadOnlyList<TiledTileset> tilesets)
{
    private const int MaxCorners = 10_000;

    private readonly Dictionary<string, TiledNode?> _templates = new(StringComparer.Ordinal);

    public TiledObject Read(TiledNode node)
    {
        var template = node["template"] is { } reference ? Template(reference) : null;
        var shown = Read(node, template, budget);
        if (shown.Shape == TiledShape.Tile && tilesets.Count == 0)
        {
            notes.Add("Some objects show tiles of a tileset that the map does not have; their places are used all the same.");
        }

        return shown;
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
        var gid = node["gid"] is { } text ? (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw budget.Wrong(node, $"its gid \"{TiledBudget.Short(text)}\" is no tile number; save the map again in Tiled.")) : 0;
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

    private TiledNode? Template(string reference)
    {
        var path = MapPath.Join(file, reference);
        if (_templates.TryGetValue(path, out var known))
        {
            return known;
        }

        TiledNode? template = null;
        if (files.Read(path) is { } bytes)
        {
            template = TiledReader.Tree(bytes, new TiledBudget(path)).Child("object");
        }
        else
        {
            notes.Add($"Object template \"{reference}\" is not there: what it says about its objects is not known.");
        }

        return _templates[path] = template;
    }
}
