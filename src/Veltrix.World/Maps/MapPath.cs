namespace Veltrix.World.Maps;

/// <summary>Paths as map files write them: with either slash, relative to the file that names them, sometimes with a drive or a root.</summary>
internal static class MapPath
{
    /// <summary>The path with '/' alone, without "." and inner "..". A rooted one loses its folders: they are those of another machine.</summary>
    public static string Normalize(string path)
    {
        path = path.Replace('\\', '/');
        if (path.StartsWith('/') || path.Contains(':', StringComparison.Ordinal))
        {
            path = NameOf(path);
        }

        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>What <paramref name="reference"/> names when it is written in the file <paramref name="from"/>, relative to the map's folder.</summary>
    public static string Join(string from, string reference)
    {
        reference = reference.Replace('\\', '/');
        if (reference.StartsWith('/') || reference.Contains(':', StringComparison.Ordinal))
        {
            return NameOf(reference);
        }

        var slash = from.LastIndexOf('/');
        return Normalize(slash < 0 ? reference : from[..(slash + 1)] + reference);
    }

    public static string NameOf(string path) => path[(path.LastIndexOfAny(['/', '\\', ':']) + 1)..];

    public static string NameWithoutExtension(string path)
    {
        var name = NameOf(path);
        var dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }
}
