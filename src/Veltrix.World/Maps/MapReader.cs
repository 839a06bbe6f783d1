using System.Collections.Immutable;
using Veltrix.World.Maps.Octile;
using Veltrix.World.Maps.Tiled;

namespace Veltrix.World.Maps;

/// <summary>
/// Reads maps that people made: Tiled's TMX and TMJ, octile grids, and Veltrix' own stored form. What the file is, is seen from its content; the
/// extension does not matter.
/// </summary>
public static class MapReader
{
    /// <summary>Reads a map. The same bytes and options give the same map, with the same hash, on every machine.</summary>
    /// <param name="fileName">the map's name among <paramref name="files"/>; also what errors call it</param>
    /// <param name="files">gives the bytes of the map and of the files beside it</param>
    /// <param name="options">what the caller knows better than the rule; null for nothing</param>
    /// <exception cref="MapException">The map cannot be used; the message names file, place and mend.</exception>
    public static TileMap Read(string fileName, IMapFiles files, MapReadOptions? options = null) => ReadWithReport(fileName, files, options).Map;

    /// <inheritdoc cref="Read"/>
    /// <returns>the map, and what the reader has to say about it</returns>
    public static MapReading ReadWithReport(string fileName, IMapFiles files, MapReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(files);
        options ??= MapReadOptions.Default;
        var file = MapPath.NameOf(fileName);
        var bytes = files.Read(fileName) ?? throw new MapException($"{file}: there is no such file; check the name.");
        if (bytes.Length > IMapFiles.MaxFileBytes)
        {
            throw new MapException($"{file}: it has {bytes.Length} bytes, more than {IMapFiles.MaxFileBytes}; save it with compressed layer data.");
        }

        var name = TiledGround.Called(options.Name ?? MapPath.NameWithoutExtension(file));
        if (bytes.AsSpan().StartsWith("VELTRIXMAP"u8))
        {
            return Stored(file, bytes, options.Name);
        }

        if (OctileReader.Looks(bytes))
        {
            var octile = OctileReader.Read(file, bytes, name, options);
            return new(octile, new MapReport("octile", ["grid: ground"], Remarks(octile, new MapNotes())));
        }

        var start = bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        if (start.IsEmpty || start[0] is not ((byte)'<' or (byte)'{') && !IsWideXml(bytes))
        {
            throw new MapException($"{file}: this is no map that Veltrix knows; give a Tiled map (.tmx, .tmj), an octile grid (.map) or a stored map (.vmap).");
        }

        var notes = new MapNotes();
        var tiled = new TiledReader(file, files, notes).Read(bytes);
        var ground = new TiledGround(file, tiled, options, notes);
        var map = ground.Build(name);
        return new(map, new MapReport(start[0] == (byte)'{' ? "Tiled TMJ" : "Tiled TMX", [.. ground.Layers], Remarks(map, notes)));
    }

    private static MapReading Stored(string file, byte[] bytes, string? name)
    {
        try
        {
            var map = MapCodec.Decode(bytes);
            map = name is null || name == map.Name
                ? map
                : new TileMap(TiledGround.Called(name), map.Width, map.Height, map.GroundBits.ToArray(), map.Paint.ToArray(), map.Palette, map.Objects);
            return new(map, new MapReport("stored map", [], Remarks(map, new MapNotes())));
        }
        catch (MapException broken)
        {
            throw new MapException($"{file}: {broken.Message}", broken);
        }
    }

    private static bool IsWideXml(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

    private static ImmutableArray<string> Remarks(TileMap map, MapNotes notes)
    {
        var tiles = (long)map.Width * map.Height;
        if (map.OpenTiles == 0)
        {
            notes.Add("No tile can be walked on: no hunt can be held here.");
        }
        else if (map.MainlandTiles * 2L < map.OpenTiles)
        {
            notes.Add($"The open ground falls into {map.Parts} parts, and the largest has only {map.MainlandTiles} of {map.OpenTiles} open tiles; the hunt takes place there.");
        }
        else if (map.OpenTiles * 20L < tiles)
        {
            notes.Add($"Only {map.OpenTiles} of {tiles} tiles can be walked on.");
        }

        return notes.ToImmutable();
    }
}
