using System.Buffers.Text;
using System.Text;

namespace Veltrix.World.Maps.Octile;

/// <summary>
/// Reads the grids of the Moving AI benchmark (Sturtevant, "Benchmarks for grid-based pathfinding", 2012): four lines of head,
/// "type octile", "height N", "width N", "map", and then a character a tile. Lines end with LF or CRLF.
/// </summary>
internal static class OctileReader
{
    public static bool Looks(ReadOnlySpan<byte> bytes) => bytes.TrimStart("\uFEFF \t\r\n"u8).StartsWith("type "u8);

    public static TileMap Read(string file, byte[] bytes, string name, MapReadOptions options)
    {
        int width = 0, height = 0, number = 0;
        var rest = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : (ReadOnlySpan<byte>)bytes;
        while (true)
        {
            if (rest.IsEmpty)
            {
                throw new MapException($"{file}, line {number}: the line \"map\" is missing; the head of an octile map is type, height, width and map.");
            }

            var line = Next(ref rest).Trim(" \t"u8);
            number++;
            if (line.SequenceEqual("map"u8))
            {
                break;
            }

            if (line.StartsWith("type "u8))
            {
                if (!line["type "u8.Length..].Trim((byte)' ').SequenceEqual("octile"u8))
                {
                    throw new MapException($"{file}, line {number}: its type is \"{Show(line[5..])}\", and Veltrix reads octile; give an octile map.");
                }
            }
            else if (line.StartsWith("height "u8))
            {
                height = Number(file, number, line["height "u8.Length..]);
            }
            else if (line.StartsWith("width "u8))
            {
                width = Number(file, number, line["width "u8.Length..]);
            }
            else if (!line.IsEmpty)
            {
                throw new MapException($"{file}, line {number}: \"{Show(line)}\" is no part of an octile map's head; it is type, height, width and map.");
            }
        }

        MapSize.Check(file, width, height);
        if (rest.Length < (long)width * height)
        {
            throw new MapException($"{file}: it ends before the {width} x {height} tiles that its head says; give the whole file.");
        }

        return Rows(file, name, width, height, number, rest, options);
    }

    private static TileMap Rows(string file, string name, int width, int height, int number, ReadOnlySpan<byte> rest, MapReadOptions options)
    {
        var ground = new ushort[width * height];
        var paint = new byte[width * height];
        var paints = new Paints();
        var known = new (bool Known, ushort Bits, byte Paint)[256];
        foreach (var (unit, terrain, cost) in (ReadOnlySpan<(char, Terrain, int)>)
            [('.', Terrain.Floor, 0), ('G', Terrain.Grass, 0), ('S', Terrain.Marsh, 0), ('T', Terrain.Wood, 0), ('W', Terrain.DeepWater, 0), ('@', Terrain.Wall, 0), ('O', Terrain.Void, 0)])
        {
            // Trees and what is out of bounds are obstacles like walls: nobody walks there, and nobody sees what is behind.
            var nature = options.Grounds.TryGetValue(terrain, out var told) ? told : unit is 'T' or 'O' ? new Ground(terrain, blocks: true, hides: true) : MapRule.GroundOf(terrain);
            known[unit] = (true, nature.Bits, paints.IndexOf(TerrainColours.Of(terrain)));
        }

        for (var y = 0; y < height; y++)
        {
            var line = Next(ref rest);
            number++;
            if (line.Length != width && line.TrimEnd(" \t"u8).Length != width)
            {
                throw new MapException($"{file}, line {number}: the row has {line.Length} tiles, and the head says {width}; mend the row or the width.");
            }

            for (var x = 0; x < width; x++)
            {
                var (there, bits, colour) = known[line[x]];
                if (!there)
                {
                    throw new MapException($"{file}, line {number}: '{Show(line.Slice(x, 1))}' in column {x + 1} is no tile; tiles are . G S T W @ and O.");
                }

                ground[(y * width) + x] = bits;
                paint[(y * width) + x] = colour;
            }
        }

        if (!rest.Trim(" \t\r\n\0"u8).IsEmpty)
        {
            throw new MapException($"{file}, line {number + 1}: there are more rows than the {height} that the head says; mend the height.");
        }

        return new TileMap(name, width, height, ground, paint, [.. paints.Colours], []);
    }

    private static int Number(string file, int line, ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text = text.Trim((byte)' '), out int value, out var used) && used == text.Length
            ? value
            : throw new MapException($"{file}, line {line}: \"{Show(text)}\" is no whole number; write a number of tiles.");

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line is [.. var before, (byte)'\r'] ? before : line;
    }

    private static string Show(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text[..Math.Min(text.Length, 40)]);
}
