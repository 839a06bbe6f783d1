namespace Veltrix.World.Maps;

/// <summary>A map as a picture that a person recognises: its colours, light from the north-west on what stands up, and marks for objects.</summary>
public static class MapImage
{
    /// <summary>The most pixels of a picture: 64 Mi take 192 MB before they are packed, a row at a time.</summary>
    public const long MaxPixels = 64L * 1024 * 1024;

    private const uint TreasureMark = 0xFFD21F;
    private const uint SpawnMark = 0xE8344E;

    /// <summary>The largest scale, up to 16, that gives a picture of about a thousand pixels a side.</summary>
    public static int ScaleFor(TileMap map) => Math.Clamp(1200 / Math.Max(map.Width, map.Height), 1, 16);

    /// <summary>Draws a map.</summary>
    /// <param name="map">what to draw</param>
    /// <param name="scale">pixels a tile, 1 to 64</param>
    /// <param name="marks">whether treasures and spawns are marked</param>
    /// <returns>the bytes of a PNG file</returns>
    /// <exception cref="MapException">The picture would be larger than <see cref="MaxPixels"/>.</exception>
    public static byte[] Render(TileMap map, int scale, bool marks = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 64);
        if ((long)map.Width * map.Height * scale * scale > MaxPixels)
        {
            throw new MapException($"{map.Name}: a picture of {(long)map.Width * scale} x {(long)map.Height * scale} pixels is too large; use a smaller scale.");
        }

        using var png = new PngWriter(map.Width * scale, map.Height * scale);
        var row = new byte[map.Width * scale * 3];
        var signs = Signs(map, scale, marks);
        for (var pixelY = 0; pixelY < map.Height * scale; pixelY++)
        {
            var y = pixelY / scale;
            for (var x = 0; x < map.Width; x++)
            {
                var (colour, light, shade) = Look(map, x, y);
                for (var i = 0; i < scale; i++)
                {
                    // The lit edge is the first row and column of a tile that stands up, the shaded one the last; with few pixels the tile is one tone.
                    var edge = Math.Max(1, scale / 6);
                    var lit = light && (pixelY % scale < edge || i < edge);
                    var dark = shade && (pixelY % scale >= scale - edge || i >= scale - edge);
                    Put(row, (x * scale) + i, scale < 4 ? colour : lit ? TerrainColours.Mix(colour, 0xFFFFFF, 40) : dark ? TerrainColours.Mix(colour, 0, 60) : colour);
                }
            }

            foreach (var (_, column, colour) in signs[pixelY])
            {
                if (column >= 0 && column < map.Width * scale)
                {
                    Put(row, column, colour);
                }
            }

            png.Row(row);
        }

        return png.Finish();
    }

    /// <summary>A tile's colour, and whether its north-west edge is lit and its south-east edge lies in its own shade.</summary>
    private static (uint Colour, bool Light, bool Shade) Look(TileMap map, int x, int y)
    {
        var colour = map.Palette[map.Paint[(y * map.Width) + x]];
        int height = Height(map, x, y), before = Height(map, x - 1, y - 1), after = Height(map, x + 1, y + 1);
        var slope = height - before;
        colour = slope > 0 ? TerrainColours.Mix(colour, 0xFFFFFF, 18) : slope < 0 ? TerrainColours.Mix(colour, 0, 40) : colour;

        // A trace of grain, the same in every picture of the map, keeps large fields from looking like a wall of paint.
        var grain = (int)(StableHash.Mix(((ulong)y << 32) | (uint)x) & 7);
        colour = height >= 0 && map[x, y].Terrain != Terrain.Void ? TerrainColours.Mix(colour, 0, grain) : colour;
        return (colour, height > 1 && slope > 0, height > 1 && after < height);
    }

    private static int Height(TileMap map, int x, int y)
    {
        var ground = map[Math.Clamp(x, 0, map.Width - 1), Math.Clamp(y, 0, map.Height - 1)];
        return ground.Terrain switch
        {
            Terrain.Void => 0,
            Terrain.DeepWater or Terrain.Lava => -1,
            Terrain.ShallowWater => 0,
            Terrain.Wall or Terrain.Rock or Terrain.Wood => 3,
            Terrain.Hill or Terrain.Snow => 2,
            _ => ground.Blocks ? 2 : 1,
        };
    }

    /// <summary>The pixels of all marks, by row: a disc with a dark rim around each treasure and spawn.</summary>
    private static ILookup<int, (int Row, int Column, uint Colour)> Signs(TileMap map, int scale, bool marks)
    {
        var pixels = new List<(int, int, uint)>();
        var radius = Math.Max(scale * 0.6, Math.Min(6, Math.Max(map.Width, map.Height) * scale / 160.0));
        foreach (var item in map.Objects.Where(item => marks && item.Kind != MapObjectKind.Other))
        {
            double middleX = (item.Tile.X + 0.5) * scale, middleY = (item.Tile.Y + 0.5) * scale;
            for (var y = (int)(middleY - radius - 1); y <= middleY + radius + 1; y++)
            {
                for (var x = (int)(middleX - radius - 1); x <= middleX + radius + 1; x++)
                {
                    double dx = x + 0.5 - middleX, dy = y + 0.5 - middleY;
                    var far = Math.Sqrt((dx * dx) + (dy * dy));
                    if (far <= radius)
                    {
                        var fill = item.Kind == MapObjectKind.Treasure ? TreasureMark : SpawnMark;
                        pixels.Add((y, x, far > radius - Math.Max(1, radius / 4) ? 0x201810 : fill));
                    }
                }
            }
        }

        return pixels.ToLookup(pixel => pixel.Item1);
    }

    private static void Put(byte[] row, int pixel, uint colour)
    {
        row[pixel * 3] = (byte)(colour >> 16);
        row[(pixel * 3) + 1] = (byte)(colour >> 8);
        row[(pixel * 3) + 2] = (byte)colour;
    }
}
