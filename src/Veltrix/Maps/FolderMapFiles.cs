using Veltrix.World.Maps;

namespace Veltrix.Commands.Maps;

/// <summary>
/// A map's files on disk. What a map names is looked for relative to the map's folder, parents included, since projects keep tilesets
/// beside their maps: the map is the user's own, and so is the machine.
/// </summary>
internal sealed class FolderMapFiles(string mapFile) : IMapFiles
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(mapFile)) ?? ".";

    public byte[]? Read(string path)
    {
        var full = path == mapFile ? Path.GetFullPath(mapFile) : Path.Combine(_folder, path);
        if (!File.Exists(full))
        {
            return null;
        }

        try
        {
            if (new FileInfo(full).Length > IMapFiles.MaxFileBytes)
            {
                throw new MapException($"{path}: it has more than {IMapFiles.MaxFileBytes} bytes; save it with compressed layer data.");
            }

            return File.ReadAllBytes(full);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new MapException($"{path}: it cannot be read ({broken.Message.TrimEnd('.')}); check its rights.", broken);
        }
    }
}
