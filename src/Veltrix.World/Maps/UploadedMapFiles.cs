namespace Veltrix.World.Maps;

/// <summary>
/// Files that came with an upload, by name. A tileset is found by its relative path or, since an upload often loses its folders,
/// by its bare file name where only one file has it. Nothing outside of the upload can be named.
/// </summary>
public sealed class UploadedMapFiles : IMapFiles
{
    private readonly Dictionary<string, byte[]> _byPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, byte[]?> _byName = new(StringComparer.OrdinalIgnoreCase);

    public UploadedMapFiles(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach (var (name, bytes) in files)
        {
            var path = MapPath.Normalize(name);
            _byPath[path] = bytes;
            var bare = MapPath.NameOf(path);
            _byName[bare] = _byName.ContainsKey(bare) ? null : bytes;
        }
    }

    public byte[]? Read(string path)
    {
        path = MapPath.Normalize(path);
        while (path.StartsWith("../", StringComparison.Ordinal))
        {
            path = path[3..];
        }

        return _byPath.TryGetValue(path, out var exact) ? exact : _byName.GetValueOrDefault(MapPath.NameOf(path));
    }
}
