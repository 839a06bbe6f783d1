using Veltrix.World.Maps.Islands;

namespace Veltrix.World.Maps;

/// <summary>
/// Makes an island from a size and a seed: deep water around it, shallows, beaches, grass, woods and marshes, hills, rock and snow, rivers
/// from the heights to the sea, lakes in hollows, and villages that paths connect.
/// <para>
/// The same size and seed give the same map, bit by bit, on every machine: it uses whole numbers, and floats only with the
/// operations that IEEE 754 rounds exactly, + - * and /, which .NET neither fuses nor computes in other precision. Chance comes from <see cref="SeededRandom"/>. Heights are ranks among all tiles, so every island has the
/// same shares of sea, beach and hill. A change here changes maps that people know by name: the tests hold hashes of a few.
/// </para>
/// <para>
/// More than half of the tiles can be walked on, and at least 19 of 20 of these hang together; should chance tear an island apart, it
/// is made again with less of it, down to a smooth hill.
/// </para>
/// </summary>
public static class IslandGenerator
{
    /// <summary>The shortest side of an island.</summary>
    public const int LeastSide = 16;

    /// <summary>The longest side of an island.</summary>
    public const int MostSide = 4096;

    // Levels of height at which something begins, in shares of the map.
    internal const int Shallows = Field.Top * 37 / 100;
    internal const int Shore = Field.Top * 44 / 100;
    private const int Meadows = Field.Top * 49 / 100;
    private const int Hills = Field.Top * 86 / 100;
    private const int Rocks = Field.Top * 90 / 100;
    private const int Snows = Field.Top * 97 / 100;

    // Levels of the other fields from which on there are woods, marshes and crags.
    private const int Woods = Field.Top * 62 / 100;
    private const int Marshes = Field.Top * 85 / 100;
    private const int Crags = Field.Top * 55 / 100;

    private const int Smoothings = 5;

    /// <summary>Makes an island.</summary>
    /// <param name="width">columns, <see cref="LeastSide"/> to <see cref="MostSide"/></param>
    /// <param name="height">rows, likewise</param>
    /// <param name="seed">any number</param>
    public static TileMap Generate(int width, int height, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(width, height), LeastSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), MostSide);
        var name = new GeneratedMapName(width, height, seed).ToString();
        for (var smoothing = 0; ; smoothing++)
        {
            var heights = Heights(width, height, seed, smoothing);
            var random = new SeededRandom(StableHash.Combine(seed, 4));
            var crags = Field.Levels(Field.Noise(width, height, 16, StableHash.Combine(seed, 3)), 1.01f);
            var terrain = Terrains(width, height, heights, crags, seed, ref random);
            var parts = MapParts.Of(GroundOf(terrain), width);
            if (smoothing < Smoothings && !HangsTogether(parts, terrain.Length))
            {
                continue;
            }

            var villages = new Villages(terrain, crags, width, parts.Largest).Found(Math.Clamp(terrain.Length / 40_000, 2, 64), ref random);
            return new TileMap(
                name, width, height, GroundOf(terrain), Paint(terrain, heights, width, height), IslandColours.Palette, [.. villages]);
        }
    }

    private static bool HangsTogether(MapParts parts, int tiles) =>
        parts.LargestTiles >= tiles / 2 && parts.LargestTiles >= parts.OpenTiles * 19L / 20;

    private static ushort[] Heights(int width, int height, ulong seed, int smoothing)
    {
        var cell = 8;
        while (cell * 3 < Math.Min(width, height))
        {
            cell *= 2;
        }

        // Noise, stretched since its octaves crowd in the middle, under a dome that is 0 along the rim.
        var field = Field.Noise(width, height, cell, StableHash.Combine(seed, 1));
        var rough = 1 - ((float)smoothing / Smoothings);
        for (var y = 0; y < height; y++)
        {
            var line = field.AsSpan(y * width, width);
            var high = Dome(y, height);
            for (var x = 0; x < width; x++)
            {
                var noise = Math.Clamp(0.5f + (1.6f * rough * (line[x] - 0.5f)), 0, 1);
                line[x] = high * Dome(x, width) * (0.25f + (0.75f * noise));
            }
        }

        return Field.Levels(field, 1.01f);
    }

    private static float Dome(int at, int side)
    {
        var off = (float)((2 * at) - (side - 1)) / (side - 1);
        return 1 - (off * off);
    }

    private static Terrain[] Terrains(int width, int height, ushort[] heights, ushort[] crags, ulong seed, ref SeededRandom random)
    {
        var moisture = Field.Levels(Field.Noise(width, height, 64, StableHash.Combine(seed, 2)), 1.01f);
        var waters = Waters.Of(heights, width, Shore, Math.Clamp(heights.Length / 20_000, 1, 512), ref random);
        var terrain = new Terrain[heights.Length];
        for (var i = 0; i < terrain.Length; i++)
        {
            terrain[i] = heights[i] switch
            {
                < Shallows => Terrain.DeepWater,
                < Shore => Terrain.ShallowWater,
                _ when waters.IsWet(i) => Terrain.ShallowWater,
                < Meadows => Terrain.Sand,
                >= Rocks when crags[i] >= Crags => Terrain.Rock,
                >= Snows => Terrain.Snow,
                >= Hills => Terrain.Hill,
                < (Meadows + Hills) / 2 when moisture[i] >= Marshes && crags[i] >= Crags => Terrain.Marsh,
                _ => moisture[i] >= Woods ? Terrain.Wood : Terrain.Grass,
            };
        }

        return terrain;
    }

    private static ushort[] GroundOf(Terrain[] terrain)
    {
        ReadOnlySpan<ushort> bits = [.. Enum.GetValues<Terrain>().Select(kind => MapRule.GroundOf(kind).Bits)];
        var ground = new ushort[terrain.Length];
        for (var i = 0; i < ground.Length; i++)
        {
            ground[i] = bits[(int)terrain[i]];
        }

        return ground;
    }

    private static byte[] Paint(Terrain[] terrain, ushort[] heights, int width, int height)
    {
        var paint = new byte[terrain.Length];
        for (var i = 0; i < paint.Length; i++)
        {
            var northWest = i > width && i % width > 0 ? heights[i - width - 1] : heights[i];
            paint[i] = IslandColours.PaintOf(terrain[i], heights[i], northWest, Math.Min(width, height));
        }

        return paint;
    }
}
