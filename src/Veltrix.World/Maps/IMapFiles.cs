namespace Veltrix.World.Maps;

/// <summary>
/// Where a map's bytes come from. A Tiled map is often several files: the map, its tilesets and its object templates. The reader
/// asks by path; reading, and deciding what may be read, is up to the implementation.
/// </summary>
public interface IMapFiles
{
    /// <summary>The longest file that the reader takes, in bytes; longer ones need not be loaded.</summary>
    const int MaxFileBytes = 256 * 1024 * 1024;

    /// <summary>The bytes of a file, or null where there is none of that name.</summary>
    /// <param name="path">
    /// the map's own name as the caller gave it, or a path relative to the folder of the map: parts divided by '/', never rooted, with
    /// ".." only at its start
    /// </param>
    /// <exception cref="MapException">The file is there and cannot be read, or is longer than <see cref="MaxFileBytes"/>.</exception>
    byte[]? Read(string path);
}
