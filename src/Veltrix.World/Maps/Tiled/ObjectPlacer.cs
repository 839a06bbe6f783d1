namespace Veltrix.World.Maps.Tiled;

/// <summary>What an object does to the map: it may be a place of interest, may block the tiles under it, or may make them of a terrain, even one to walk on.</summary>
internal readonly record struct ObjectMeaning(MapObject? Object, bool Blocks, Terrain? Terrain, bool Walkable);

/// <summary>Judges objects by class, name, properties, the tile that they show, and their layer; in this order.</summary>
internal sealed class ObjectPlacer(TiledMap map, RuleContext rule, MapNotes notes, Func<uint, TileTraits?> traits)
{
    private int _outside;

    public ObjectMeaning Judge(TiledObject item, TiledLayer layer, LayerRole role)
    {
        if (role.Ignored)
        {
            return default;
        }

        var said = new Sayings(item.Properties, rule);
        var tile = item.Gid != 0 ? traits(item.Gid) : null;
        var kind = KindOf(item, tile, role);
        var area = item.Shape is TiledShape.Rectangle or TiledShape.Ellipse or TiledShape.Polygon or TiledShape.Polyline && (item.Width > 0 || item.Height > 0 || item.Corners.Count > 0);
        var blocks = kind == MapObjectKind.Other
            && (said.Blocks == true || MapRule.BlocksByName(item.Class) == true || MapRule.BlocksByName(item.Name) == true ? true
                : said.Blocks ?? MapRule.BlocksByName(item.Class) ?? MapRule.BlocksByName(item.Name) ?? (IsWall(item.Class) || IsWall(item.Name) ? true : area ? role.Blocks ?? false : tile?.Blocks ?? false));
        blocks &= area || item.Shape == TiledShape.Tile;
        var terrain = kind == MapObjectKind.Other && area && item.Shape != TiledShape.Polyline ? said.Terrain ?? role.Terrain : null;
        var name = item.Name.Length > 0 ? item.Name : item.Class.Length > 0 ? item.Class : tile?.Class ?? "";
        return new(
            kind != MapObjectKind.Other || (name.Length > 0 && !blocks) ? At(item, layer, kind, name, said.Points > 0 ? said.Points : tile?.Points is > 0 and var worth ? worth : role.Points) : null,
            blocks,
            terrain,
            !blocks && (said.Blocks == false || role.Blocks == false));
    }

    /// <summary>A shape of which nothing is said at all.</summary>
    public static bool IsBareShape(TiledObject item) =>
        item.Shape is TiledShape.Rectangle or TiledShape.Polygon or TiledShape.Ellipse or TiledShape.Polyline
        && item.Name.Length == 0 && item.Class.Length == 0 && item.Properties.All.Count == 0;

    private static bool IsWall(string name) => MapWords.Of(name) is ["wall"] or ["walls"] or ["wall", _] or ["walls", _];

    private MapObjectKind KindOf(TiledObject item, TileTraits? tile, LayerRole role)
    {
        foreach (var name in (ReadOnlySpan<string>)[item.Class, item.Name, tile?.Class ?? ""])
        {
            if (MapRule.KindOf(name, rule.Options) is var kind and not MapObjectKind.Other)
            {
                return kind;
            }
        }

        foreach (var (name, value) in item.Properties.All)
        {
            // A flag named for it, a word for what it is, or a text that begins with one: "$CHEST sword", area = "player-spawn".
            var words = MapWords.Of(value);
            var kind = value is "true" or "1" ? MapRule.KindOf(name, rule.Options)
                : MapRule.IsKindProperty(name) ? MapRule.KindOf(value, rule.Options)
                : MapRule.KindOf(words.Count > 3 ? string.Join(' ', words.Take(3)) : value, rule.Options, inText: true);
            if (kind != MapObjectKind.Other)
            {
                return kind;
            }
        }

        return tile?.Kind is { } shown and not MapObjectKind.Other ? shown : role.Kind;
    }

    private MapObject? At(TiledObject item, TiledLayer layer, MapObjectKind kind, string name, long points)
    {
        var box = Coverage.Box(item);
        double middleX = (box.Left + box.Right) / 2, middleY = (box.Top + box.Bottom) / 2;
        var x = Math.Floor(((middleX + layer.OffsetX) / map.TileWidth) - map.OriginX);
        var y = Math.Floor(((middleY + layer.OffsetY) / map.TileHeight) - map.OriginY);
        if (x < 0 || y < 0 || x >= map.Width || y >= map.Height)
        {
            _outside++;
            notes.Add("Some objects lie outside of the map and are left out.");
            return null;
        }

        return new MapObject(kind, TiledGround.Called(name), Tile.At((int)x, (int)y), points);
    }
}
