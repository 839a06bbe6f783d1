using CsCheck;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests;

/// <summary>
/// Maps drawn with letters: <c>.</c> plain ground, <c>1</c> to <c>9</c> ground of that many tenths of a step times ten, <c>=</c> a path
/// of cost 5, <c>#</c> a wall (blocks, hides), <c>~</c> water (blocks), <c>t</c> trees (hide), <c>S</c> and <c>T</c> plain ground with a
/// spawn point or a treasure, <c>X</c> a wall with a treasure in it.
/// </summary>
internal static class Drawing
{
    public static readonly Gen<TileMap> AnyMap =
        from width in Gen.Int[1, 24]
        from height in Gen.Int[1, 24]
        from letters in Gen.Int[0, 8].Select(i => "....2=#~t"[i]).Array[width * height]
        select Map([.. letters.Chunk(width).Select(row => new string(row))]);

    public static TileMap Map(params string[] rows) => Map(rows, []);

    public static TileMap Map(string[] rows, IEnumerable<MapObject> objects)
    {
        var drawn = rows.SelectMany((row, y) => row.Select((letter, x) => ObjectOf(letter, Tile.At(x, y)))).OfType<MapObject>();
        ushort[] ground = [.. rows.SelectMany(row => row).Select(letter => GroundOf(letter).Bits)];
        return new TileMap(
            "drawn", rows[0].Length, rows.Length, ground, new byte[ground.Length], [0xFFFFFFu], [.. drawn, .. objects]);
    }

    public static TileMap Open(int width, int height) => Map([.. Enumerable.Repeat(new string('.', width), height)]);

    public static Gen<Tile> TileOf(TileMap map) =>
        Gen.Int[0, map.Width - 1].Select(Gen.Int[0, map.Height - 1], Tile.At);

    public static IEnumerable<Tile> TilesOf(TileMap map) =>
        Enumerable.Range(0, map.Height).SelectMany(y => Enumerable.Range(0, map.Width).Select(x => Tile.At(x, y)));

    private static Ground GroundOf(char letter) => letter switch
    {
        '#' or 'X' => new Ground(Terrain.Wall, blocks: true, hides: true),
        '~' => new Ground(Terrain.DeepWater, blocks: true, hides: false),
        't' => new Ground(Terrain.Wood, blocks: false, hides: true, cost: 14),
        '=' => new Ground(Terrain.Path, blocks: false, hides: false, cost: 5),
        >= '1' and <= '9' => new Ground(Terrain.Sand, blocks: false, hides: false, cost: (letter - '0') * 10),
        _ => new Ground(Terrain.Grass, blocks: false, hides: false),
    };

    private static MapObject? ObjectOf(char letter, Tile tile) => letter switch
    {
        'S' => new MapObject(MapObjectKind.Spawn, "start", tile),
        'T' or 'X' => new MapObject(MapObjectKind.Treasure, "chest", tile),
        _ => null,
    };
}
