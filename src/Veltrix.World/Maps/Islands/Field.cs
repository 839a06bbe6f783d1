namespace Veltrix.World.Maps.Islands;

/// <summary>
/// Smooth chance over a grid: value noise in octaves. It uses nothing but IEEE 754 additions, subtractions and multiplications of floats,
/// which .NET rounds alike on every machine and never fuses, and whole numbers.
/// </summary>
internal static class Field
{
    /// <summary>The highest level of <see cref="Levels"/>.</summary>
    public const int Top = ushort.MaxValue;

    /// <summary>Noise of 0 to 1: octaves whose features are <paramref name="cell"/> tiles wide, half of that, down to a few tiles.</summary>
    /// <param name="width">columns</param>
    /// <param name="height">rows</param>
    /// <param name="cell">the widest features' size in tiles, a power of two</param>
    /// <param name="seed">what it follows from</param>
    public static float[] Noise(int width, int height, int cell, ulong seed)
    {
        var field = new float[width * height];
        float strength = 1, sum = 0;
        for (; cell >= 2; cell /= 2)
        {
            AddOctave(field, width, height, cell, strength, StableHash.Combine(seed, (ulong)cell));
            sum += strength;
            strength *= 0.5f;
        }

        var scale = 1 / sum;
        foreach (ref var value in field.AsSpan())
        {
            value *= scale;
        }

        return field;
    }

    /// <summary>
    /// Each value's rank among all, from 0 to <see cref="Top"/>: a level of a quarter of <see cref="Top"/> has a quarter of the tiles below it,
    /// so that shares of the map can be named, whatever the seed.
    /// </summary>
    /// <param name="field">values from 0 to below <paramref name="bound"/></param>
    /// <param name="bound">more than the greatest value</param>
    public static ushort[] Levels(ReadOnlySpan<float> field, float bound)
    {
        var scale = 65_536 / bound;
        var levels = new ushort[field.Length];
        var below = new long[65_536];
        for (var i = 0; i < field.Length; i++)
        {
            levels[i] = (ushort)Math.Min((int)(field[i] * scale), Top);
            below[levels[i]]++;
        }

        long before = 0;
        foreach (ref var count in below.AsSpan())
        {
            (before, count) = (before + count, before);
        }

        foreach (ref var level in levels.AsSpan())
        {
            level = (ushort)(below[level] * Top / field.Length);
        }

        return levels;
    }

    private static void AddOctave(float[] field, int width, int height, int cell, float strength, ulong seed)
    {
        var smooth = new float[cell];
        for (var i = 0; i < cell; i++)
        {
            var part = (float)i / cell;
            smooth[i] = part * part * (3 - (2 * part));
        }

        var columns = (width / cell) + 2;
        float[] upper = new float[columns], lower = new float[columns], row = new float[columns];
        FillRow(lower, 0, strength, seed);
        for (var y = 0; y < height; y++)
        {
            if (y % cell == 0)
            {
                (upper, lower) = (lower, upper);
                FillRow(lower, (y / cell) + 1, strength, seed);
            }

            for (var i = 0; i < columns; i++)
            {
                row[i] = upper[i] + ((lower[i] - upper[i]) * smooth[y % cell]);
            }

            var line = field.AsSpan(y * width, width);
            for (int i = 0, x = 0; x < width; i++, x += cell)
            {
                float left = row[i], rise = row[i + 1] - row[i];
                var part = line.Slice(x, Math.Min(cell, width - x));
                for (var k = 0; k < part.Length; k++)
                {
                    part[k] += left + (rise * smooth[k]);
                }
            }
        }
    }

    private static void FillRow(float[] row, int number, float strength, ulong seed)
    {
        var random = new SeededRandom(StableHash.Combine(seed, (ulong)number));
        foreach (ref var value in row.AsSpan())
        {
            value = (random.NextUInt64() >> 40) * (1f / (1 << 24)) * strength;
        }
    }
}
