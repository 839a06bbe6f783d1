namespace Veltrix.World.Maps.Tiled;

/// <summary>Makes a <see cref="TiledMap"/> of a file and of the tilesets and templates beside it.</summary>
internal sealed class TiledReader(string file, IMapFiles beside, MapNotes notes)
{
    private const int MaxObjects = 100_000;
    private const int MaxTilesets = 1_000;
    private const int MaxLayers = 2_000;

    private readonly TiledBudget _budget = new(file);
    private readonly List<TiledLayer> _layers = [];
    private int _objects;
    private TiledObjectReader? _objectReader;
    private bool _infinite;

    public TiledMap Read(byte[] bytes)
    {
        var root = Tree(bytes, _budget);
        if (root.Name != "map")
        {
            throw new MapException($"{file}: this is a Tiled {root.Name}, not a map; give the map that uses it.");
        }

        if (root["orientation"] is { } orientation && orientation != "orthogonal")
        {
            throw new MapException($"{file}: the map is {TiledBudget.Short(orientation)}, and Veltrix plays on orthogonal maps; choose Map > Map Properties > Orientation: Orthogonal in Tiled.");
        }

        _infinite = root.Flag("infinite", false);
        int width = root.Whole("width", _infinite ? 0 : null, _budget), height = root.Whole("height", _infinite ? 0 : null, _budget);
        int tileWidth = root.Whole("tilewidth", null, _budget), tileHeight = root.Whole("tileheight", null, _budget);
        if (tileWidth < 1 || tileHeight < 1)
        {
            throw _budget.Wrong(root, $"its tiles are {tileWidth} x {tileHeight} pixels; a tile has at least one.");
        }

        if (!_infinite)
        {
            MapSize.Check(file, width, height);
        }

        var files = new TiledFiles(file, beside, _budget);
        var tilesets = Tilesets(root, files);
        _objectReader = new TiledObjectReader(files, _budget, notes, tilesets, (tileWidth, tileHeight));
        Layers(root, "", visible: true, 0, 0, 1, width, height, TiledProperties.None);
        var (originX, originY) = (0, 0);
        if (_infinite)
        {
            (originX, originY, width, height) = Extent(width, height);
        }

        return new TiledMap(width, height, tileWidth, tileHeight, originX, originY, TiledProperties.Of(root, _budget), tilesets, _layers);
    }

    /// <summary>Whichever of the two clothes the bytes wear.</summary>
    public static TiledNode Tree(byte[] bytes, TiledBudget budget)
    {
        var text = bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        return text.Length > 0 && text[0] == (byte)'{' ? JsonTree.Read(bytes, budget) : XmlTree.Read(bytes, budget);
    }

    private List<TiledTileset> Tilesets(TiledNode root, TiledFiles files)
    {
        var reader = new TilesetReader(files, _budget);
        var tilesets = new List<TiledTileset>();
        foreach (var node in root.All("tileset"))
        {
            if (tilesets.Count == MaxTilesets)
            {
                throw _budget.Wrong(node, $"the map has more than {MaxTilesets} tilesets; remove those that it does not use.");
            }

            tilesets.Add(reader.Read(node));
        }

        tilesets.Sort((one, other) => one.FirstGid.CompareTo(other.FirstGid));
        return tilesets;
    }

    private void Layers(TiledNode parent, string groups, bool visible, double x, double y, int depth, int width, int height, TiledProperties inherited)
    {
        _budget.Depth(depth);
        foreach (var node in parent.Children)
        {
            if (node.Name is not ("layer" or "objectgroup" or "group" or "imagelayer"))
            {
                continue;
            }

            var name = node["name"] ?? "";
            var shown = visible && node.Flag("visible", true) && node.Real("opacity", 1, _budget) > 0;
            double left = x + node.Real("offsetx", 0, _budget), top = y + node.Real("offsety", 0, _budget);
            var properties = TiledProperties.Of(node, _budget).Or(inherited, _budget);
            if (node.Name == "group")
            {
                Layers(node, groups.Length == 0 ? name : $"{groups}/{name}", shown, left, top, depth + 1, width, height, properties);
                continue;
            }

            if (node.Name == "imagelayer")
            {
                notes.Add($"Image layer \"{name}\" is left out: a picture says nothing about tiles.");
                continue;
            }

            if (_layers.Count == MaxLayers)
            {
                throw _budget.Wrong(node, $"the map has more than {MaxLayers} layers; merge some of them.");
            }

            var chunks = node.Name == "layer" ? Chunks(node, width, height) : [];
            var objects = node.Name == "objectgroup" ? Objects(node) : null;
            _layers.Add(new TiledLayer(name, node["class"] ?? "", shown, left, top, properties, chunks, objects) { Groups = groups });
        }
    }

    private List<TiledChunk> Chunks(TiledNode layer, int width, int height)
    {
        if (layer.Child("data") is not { } data)
        {
            throw _budget.Wrong(layer, "it has no data; save the map again in Tiled.");
        }

        var format = data["encoding"] is { Length: > 0 } ? data : layer["encoding"] is not null ? layer : data;
        var chunks = new List<TiledChunk>();
        if (data.Child("chunk") is null && _infinite && string.IsNullOrWhiteSpace(data.Text) && data.Numbers is null && data.Gids is null or { Count: 0 })
        {
            return chunks;
        }

        if (data.Child("chunk") is null)
        {
            width = layer.Whole("width", width, _budget);
            height = layer.Whole("height", height, _budget);
            MapSize.Check($"{file}, layer \"{layer["name"]}\"", width, height);
            _budget.Cells(width * height);
            chunks.Add(new TiledChunk(0, 0, width, height, new LayerData(data, format, layer, width * height, _budget)));
            return chunks;
        }

        foreach (var node in data.All("chunk"))
        {
            int x = node.Whole("x", null, _budget), y = node.Whole("y", null, _budget);
            int columns = node.Whole("width", null, _budget), rows = node.Whole("height", null, _budget);
            MapSize.Check($"{file}, layer \"{layer["name"]}\", the chunk at ({x}, {y})", columns, rows);
            if (Math.Abs((long)x) > 1_000_000 || Math.Abs((long)y) > 1_000_000)
            {
                throw _budget.Wrong(layer, $"its chunk at ({x}, {y}) lies too far out; remove what stands there in Tiled.");
            }

            _budget.Cells(columns * rows);
            chunks.Add(new TiledChunk(x, y, columns, rows, new LayerData(node, format, layer, columns * rows, _budget)));
        }

        return chunks;
    }

    private List<TiledObject> Objects(TiledNode layer)
    {
        var objects = new List<TiledObject>();
        foreach (var node in layer.All("object"))
        {
            if (++_objects > MaxObjects)
            {
                throw _budget.Wrong(layer, $"the map has more than {MaxObjects} objects; remove those that it does not need.");
            }

            objects.Add(_objectReader!.Read(node));
        }

        return objects;
    }

    private (int X, int Y, int Width, int Height) Extent(int width, int height)
    {
        int left = int.MaxValue, top = int.MaxValue, right = int.MinValue, bottom = int.MinValue;
        foreach (var chunk in _layers.SelectMany(layer => layer.Chunks))
        {
            (left, top) = (Math.Min(left, chunk.X), Math.Min(top, chunk.Y));
            (right, bottom) = (Math.Max(right, chunk.X + chunk.Width), Math.Max(bottom, chunk.Y + chunk.Height));
        }

        if (left == int.MaxValue)
        {
            (left, top, right, bottom) = (0, 0, Math.Max(width, 1), Math.Max(height, 1));
        }

        MapSize.Check(file, right - left, bottom - top);
        return (left, top, right - left, bottom - top);
    }
}
