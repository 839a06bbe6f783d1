namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// The files beside a map: its tilesets and object templates. All that is read of them together is bounded, however often and under however
/// many names a map asks for them.
/// </summary>
internal sealed class TiledFiles(string map, IMapFiles files, TiledBudget budget)
{
    /// <summary>The largest tilesets that people share have a few megabytes.</summary>
    private const long MostBytes = 64 * 1024 * 1024;

    private long _bytes;

    /// <summary>The map's own name.</summary>
    public string Map { get; } = map;

    /// <summary>What a file says, with the budget for what is read in it; null where there is no such file.</summary>
    /// <param name="path">relative to the map's folder</param>
    public (TiledNode Root, TiledBudget Budget)? Read(string path)
    {
        if (files.Read(path) is not { } bytes)
        {
            return null;
        }

        if ((_bytes += bytes.Length) > MostBytes)
        {
            throw new MapException($"{Map}: with {TiledBudget.Short(path)} its tilesets and templates have more than {MostBytes} bytes together; remove those that it does not use.");
        }

        var inner = budget.For(path);
        return (TiledReader.Tree(bytes, inner), inner);
    }
}
