using System.Text;

namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// One element of a Tiled file. TMX and TMJ say the same things in different clothes; both become this tree, in TMX's shape, so that
/// one reader understands both. The numbers of a layer's data stay out of the tree: they are <see cref="Gids"/> or <see cref="Text"/>.
/// </summary>
internal sealed class TiledNode(string name, int line)
{
    private List<KeyValuePair<string, string>>? _attributes;
    private List<TiledNode>? _children;
    private StringBuilder? _text;

    public string Name { get; set; } = name;

    /// <summary>Counted from 1; 0 where it is not known.</summary>
    public int Line { get; } = line;

    public IReadOnlyList<TiledNode> Children => _children ?? [];

    public string? Text
    {
        get => _text?.ToString();
        set => _text = value is null ? null : new StringBuilder(value);
    }

    public List<uint>? Gids { get; set; }

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

    public void Append(string text) => (_text ??= new()).Append(text);

    public void Set(string attribute, string value) => (_attributes ??= new(4)).Add(new(attribute, value));

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
internal sealed class TiledBudget(string file)
{
    /// <summary>The deepest nesting: Tiled's own files with a few groups reach 12.</summary>
    public const int MaxDepth = 64;

    /// <summary>Elements and attributes outside of layer data; a map with 20,000 objects has about 300,000.</summary>
    private const int MaxParts = 3_000_000;

    /// <summary>Tiles over all layers: two full layers of the largest map, or forty of 1,800 x 1,800.</summary>
    private const long MaxCells = 2L * TileMap.MaxTiles;

    private long _parts;
    private long _cells;

    public string File { get; } = file;

    public void Part()
    {
        if (++_parts > MaxParts)
        {
            throw new MapException($"{File}: it has more than {MaxParts} elements and properties outside of its tiles; remove what the map does not need.");
        }
    }

    public void Cells(long count)
    {
        if ((_cells += count) > MaxCells)
        {
            throw new MapException($"{File}: its layers have more than {MaxCells} tiles together, which does not fit in memory; use fewer layers or a smaller map.");
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
}
