using System.Globalization;

namespace Veltrix.World.Maps.Tiled;

/// <summary>Reads the tilesets of one map, embedded in it or from files beside it. A file that the map names many times is read once.</summary>
internal sealed class TilesetReader(TiledFiles files, TiledBudget budget)
{
    private const int MaxTiles = 1 << 20;

    private readonly Dictionary<string, TiledTileset> _known = new(StringComparer.Ordinal);

    public TiledTileset Read(TiledNode node)
    {
        var firstGid = node.Whole("firstgid", null, budget);
        if (firstGid < 1)
        {
            throw budget.Wrong(node, $"its firstgid is {firstGid}; tile numbers start at 1, so save the map again in Tiled.");
        }

        if (node["source"] is not { } source)
        {
            return Read(node, firstGid, budget);
        }

        var path = MapPath.Join(files.Map, source);
        if (!_known.TryGetValue(path, out var known))
        {
            var (root, inner) = files.Read(path)
                ?? throw new MapException($"{files.Map}: the tileset \"{TiledBudget.Short(source)}\" is missing; put it beside the map as {TiledBudget.Short(path)}, or embed it in Tiled.");
            if (root.Name != "tileset")
            {
                throw new MapException($"{path}: this is a Tiled {root.Name} where {files.Map} wants a tileset; give the tileset.");
            }

            _known[path] = known = Read(root, firstGid, inner) with { Source = path };
        }

        return known with { FirstGid = firstGid };
    }

    private static TiledTileset Read(TiledNode node, int firstGid, TiledBudget budget)
    {
        var tiles = new Dictionary<int, TiledTile>();
        foreach (var tile in node.All("tile"))
        {
            var known = At(tiles, tile, tile.Whole("id", null, budget), budget);
            known.Class = (tile["class"] ?? tile["type"]) is { Length: > 0 } kind ? kind : known.Class;
            var properties = TiledProperties.Of(tile, budget);
            known.Properties = properties.All.Count > 0 ? properties : known.Properties;
            known.Image = tile.Child("image") is { } image
                ? (image.Whole("width", 0, budget), image.Whole("height", 0, budget))
                : (tile.Whole("imagewidth", 0, budget), tile.Whole("imageheight", 0, budget));
            if (tile.Child("objectgroup") is { } shapes)
            {
                known.Collision = [.. shapes.All("object").Select(shape => TiledObjectReader.Read(shape, null, budget))];
            }
        }

        var old = node.All("terraintypes", "terrain").Select(terrain => new TiledTerrain(terrain["name"] ?? "", "", null, TiledProperties.Of(terrain, budget))).ToList();
        foreach (var tile in node.All("tile").Where(tile => tile["terrain"] is not null && old.Count > 0))
        {
            // Four corners, each the number of a terrain or nothing.
            var corners = tile["terrain"]!.Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < old.Count ? index : -1).ToList();
            if (Ruler(corners) is { } ruler)
            {
                tiles[tile.Whole("id", null, budget)].Terrains.Add(old[ruler]);
            }
        }

        var terrains = old.Select(terrain => terrain.Name).ToList();
        foreach (var set in node.All("wangsets", "wangset"))
        {
            terrains.AddRange(Wang(set, tiles, budget));
        }

        return new TiledTileset(
            node["name"] ?? "", firstGid, CountOf(node, tiles, budget), Columns(node, budget), node.Whole("tilewidth", 0, budget), node.Whole("tileheight", 0, budget),
            node["objectalignment"] ?? "unspecified", tiles, terrains, TiledProperties.Of(node, budget));
    }

    private static List<string> Wang(TiledNode set, Dictionary<int, TiledTile> tiles, TiledBudget budget)
    {
        var colours = set.All("wangcolor").ToList();
        if (colours.Count == 0)
        {
            // Tiled before 1.5 kept the colours of corners and of edges apart.
            colours = [.. set.All("wangcornercolor").Concat(set.All("wangedgecolor"))];
        }

        var terrains = colours.ConvertAll(colour => new TiledTerrain(colour["name"] ?? "", set["name"] ?? "", TileTraits.Colour(colour["color"]), TiledProperties.Of(colour, budget)));

        foreach (var tile in set.All("wangtile"))
        {
            // Eight numbers from the top edge on clockwise: edges at even places, corners at odd ones; 0 is nothing.
            var places = (tile["wangid"] ?? "").Split(',')
                .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index >= 1 && index <= colours.Count ? index - 1 : -1)
                .ToList();
            if (places.Count != 8)
            {
                continue;
            }

            var corners = places.Where((_, i) => i % 2 == 1).ToList();
            var lines = corners.TrueForAll(corner => corner < 0);
            var ruler = lines ? Ruler([.. places.Where((index, i) => i % 2 == 0 && index >= 0)]) : Ruler(corners);
            if (ruler is { } found)
            {
                At(tiles, tile, tile.Whole("tileid", null, budget), budget).Terrains.Add(terrains[found]);
            }
        }

        return terrains.ConvertAll(terrain => terrain.Name);
    }

    /// <summary>The terrain that holds at least half of the places, if one does; of two that do, the first of the tileset.</summary>
    private static int? Ruler(List<int> places)
    {
        int? best = null;
        var most = 0;
        foreach (var index in places.Where(index => index >= 0).Distinct().Order())
        {
            var held = places.Count(other => other == index);
            if (held * 2 >= places.Count && held > most)
            {
                (best, most) = (index, held);
            }
        }

        return best;
    }

    private static TiledTile At(Dictionary<int, TiledTile> tiles, TiledNode node, int id, TiledBudget budget)
    {
        if (id is < 0 or >= MaxTiles)
        {
            throw budget.Wrong(node, $"a tileset has the tiles 0 to {MaxTiles - 1}, and this is {id}; save the tileset again in Tiled.");
        }

        if (!tiles.TryGetValue(id, out var tile))
        {
            tiles[id] = tile = new TiledTile();
        }

        return tile;
    }

    private static int Columns(TiledNode node, TiledBudget budget)
    {
        var columns = node.Whole("columns", 0, budget);
        return columns > 0 ? columns : Math.Max(1, Fits(node, "width", "imagewidth", node.Whole("tilewidth", 0, budget), budget));
    }

    /// <summary>How many tiles there are; null where the file does not say. A collection of images may skip numbers.</summary>
    private static int? CountOf(TiledNode node, Dictionary<int, TiledTile> tiles, TiledBudget budget)
    {
        var listed = tiles.Count == 0 ? 0 : tiles.Keys.Max() + 1;
        if (node.Child("image") is null && node["image"] is null)
        {
            return node["tilecount"] is null ? null : Math.Max(listed, node.Whole("tilecount", 0, budget));
        }

        var counted = node.Whole("tilecount", 0, budget);
        if (counted <= 0)
        {
            counted = Fits(node, "width", "imagewidth", node.Whole("tilewidth", 0, budget), budget) * Fits(node, "height", "imageheight", node.Whole("tileheight", 0, budget), budget);
        }

        return counted <= 0 ? null : Math.Max(listed, counted);
    }

    private static int Fits(TiledNode node, string inImage, string inSet, int tile, TiledBudget budget)
    {
        var pixels = node.Child("image") is { } image ? image.Whole(inImage, 0, budget) : node.Whole(inSet, 0, budget);
        int margin = node.Whole("margin", 0, budget), spacing = node.Whole("spacing", 0, budget);
        return tile < 1 || spacing < 0 || margin < 0 || pixels <= 0 ? 0 : (int)Math.Clamp(((long)pixels - margin + spacing) / ((long)tile + spacing), 0, 1 << 15);
    }
}
