using System.Text;

namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// One element of a Tiled file. TMX and TMJ say the same things in different clothes; both become this tree, in TMX's shape, so that
/// one reader understands both. The numbers of a layer's data stay out of the tree: they are <see cref="Gids"/>, <see cref="Numbers"/> or <see cref="Text"/>.
/// </summary>
internal sealed class TiledNode(string name, int line)
{
    private List<KeyValuePair<string, string>>? _attributes;
    private List<TiledNode>? _children;
    private string? _text;
    private StringBuilder? _texts;

    public string Name { get; set; } = name;

    /// <summary>Counted from 1; 0 where it is not known.</summary>
    public int Line { get; } = line;

    public IReadOnlyList<TiledNode> Children => _children ?? [];

    public string? Text
    {
        get
        {
            _text = _texts?.ToString() ?? _text;
            _texts = null;
            return _text;
        }

        set => (_text, _texts) = (value, null);
    }

    /// <summary>Tile numbers that came as elements.</summary>
    public List<uint>? Gids { get; set; }

    /// <summary>A JSON list of tile numbers, as it stands in the file.</summary>
    public ReadOnlyMemory<byte>? Numbers { get; set; }

    public string? this[string attribute]
    {
        get
        {
            foreach (var (key, value) in _attributes ?? [])
            {
                if (key == attribute)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>Text mostly comes in one piece, which for a large layer is not copied.</summary>
    public void Append(string text)
    {
        if (_text is null && _texts is null)
        {
            _text = text;
        }
        else
        {
            (_texts ??= new StringBuilder(_text)).Append(text);
        }
    }

    public void Set(string attribute, string value) => (_attributes ??= new(4)).Add(new(attribute, value));

    /// <summary>Sets an attribute that may be there already.</summary>
    public void Put(string attribute, string value)
    {
        _attributes?.RemoveAll(one => one.Key == attribute);
        Set(attribute, value);
    }

    public void Add(TiledNode child) => (_children ??= new(2)).Add(child);

    public TiledNode? Child(string name) => _children?.Find(child => child.Name == name);

    public IEnumerable<TiledNode> All(string name) => Children.Where(child => child.Name == name);

    /// <summary>The elements of a list, which TMX wraps in an element of its own and TMJ does not.</summary>
    public IEnumerable<TiledNode> All(string wrapper, string name) =>
        All(wrapper).SelectMany(wrapped => wrapped.All(name)).Concat(All(name));
}

/// <summary>
/// Counts what a file asks for and stops before it is too much: a file of a few megabytes must not become gigabytes in memory.
/// </summary>
internal sealed class TiledBudget
{
    /// <summary>The deepest nesting: Tiled's own files with a few groups reach 12.</summary>
    public const int MaxDepth = 64;

    /// <summary>Elements and attributes outside of layer data; a map with 20,000 objects has about 300,000.</summary>
    private const int MaxParts = 3_000_000;

    /// <summary>Tiles over all layers: eight full layers of the largest map. They are laid one after the other, so this bounds time, not memory.</summary>
    private const long MaxCells = 8L * TileMap.MaxTiles;

    private readonly Counts _counts;

    public TiledBudget(string file)
        : this(file, new Counts())
    {
    }

    private TiledBudget(string file, Counts counts) => (File, _counts) = (file, counts);

    public string File { get; }

    /// <summary>The same budget, for another file that the map draws on.</summary>
    public TiledBudget For(string file) => new(file, _counts);

    public void Part()
    {
        if (++_counts.Parts > MaxParts)
        {
            throw new MapException($"{File}: it has more than {MaxParts} elements and properties outside of its tiles; remove what the map does not need.");
        }
    }

    public void Cells(long count)
    {
        if ((_counts.Cells += count) > MaxCells)
        {
            throw new MapException($"{File}: its layers have more than {MaxCells} tiles together, which takes too long to read; use fewer layers or a smaller map.");
        }
    }

    public void Depth(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new MapException($"{File}: its elements are nested deeper than {MaxDepth}; flatten its groups.");
        }
    }

    public MapException Wrong(TiledNode node, string what)
    {
        var place = node.Line > 0 ? $"{File}, line {node.Line}" : File;
        var name = node["name"] is { Length: > 0 } called ? $" \"{Short(called)}\"" : node["id"] is { } id ? $" {Short(id)}" : "";
        return new MapException($"{place}, {node.Name}{name}: {what}");
    }

    public static string Short(string text) => text.Length > 60 ? text[..60] + "..." : text;

    private sealed class Counts
    {
        public long Parts { get; set; }

        public long Cells { get; set; }
    }
}
