using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Veltrix.World.Maps;

namespace Veltrix.World.Sights;

/// <summary>
/// Line of sight by symmetric shadowcasting: of two tiles that do not hide, either both see each other or neither does.
/// <para>
/// After the algorithm that Albert Ford described ("Symmetric Shadowcasting", 2020). Each of the four quadrants around the eye is swept
/// row by row, away from the eye. A sweep looks through a sector between two slopes, columns over depth, which are exact fractions. A
/// tile that hides is seen when any of it lies in the sector, and cuts its width out of what lies behind it; any other tile is
/// seen when its middle lies in the sector, which is what makes sight symmetric. A row is one word of bits here, so that a whole run of
/// tiles costs a few instructions.
/// </para>
/// <para>
/// A tile that hides is itself seen. The eye's own tile hides nothing from it. Sight ends at the squared distance radius x radius and at
/// the map's edge.
/// </para>
/// </summary>
public static class Sight
{
    /// <summary>The largest radius: a row of the square, 33 tiles, fits into a word.</summary>
    public const int MaxRadius = 16;

    // What is seen where nothing hides, by radius; all masks of open places share these.
    private static readonly ulong[][] OpenRows = [.. Enumerable.Range(0, MaxRadius + 1).Select(CircleRows)];
    private static readonly ulong[][] OpenBits = [.. OpenRows.Select((rows, radius) => Pack(rows, radius))];

    /// <summary>What an eye on a tile of the map sees within a radius (squared distance at most radius x radius).</summary>
    /// <param name="map">the map</param>
    /// <param name="eye">a tile of the map</param>
    /// <param name="radius">1 to <see cref="MaxRadius"/></param>
    public static SightMask From(TileMap map, Tile eye, int radius)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(radius, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, MaxRadius);
        ArgumentOutOfRangeException.ThrowIfEqual(map.Contains(eye), false);
        var side = (2 * radius) + 1;
        Span<ulong> hides = stackalloc ulong[side];
        if (!ReadHides(map, eye, radius, hides))
        {
            return new SightMask(eye, radius, OpenBits[radius]);
        }

        Span<ulong> seen = stackalloc ulong[side];
        Cast(hides, seen, radius);
        KeepMap(map, eye, seen, radius);
        return new SightMask(eye, radius, Pack(seen, radius));
    }

    /// <summary>Reads which tiles of the square hide, one word a row; what lies outside of the map does.</summary>
    /// <returns>whether any tile of the circle does</returns>
    private static bool ReadHides(TileMap map, Tile eye, int radius, Span<ulong> hides)
    {
        int left = eye.X - radius, side = hides.Length, first = Math.Max(-left, 0), past = Math.Min(map.Width - left, side);
        var outside = ~(Below(past) & ~Below(first));
        var circle = OpenRows[radius];
        var any = 0UL;
        for (var row = 0; row < side; row++)
        {
            var y = eye.Y - radius + row;
            hides[row] = (uint)y < (uint)map.Height
                ? outside | (RowHides(map.GroundBits.Slice((y * map.Width) + left + first, past - first)) << first)
                : ulong.MaxValue;
            hides[row] &= row == radius ? ~(1UL << radius) : ulong.MaxValue;
            any |= hides[row] & circle[row];
        }

        return any != 0;
    }

    private static ulong RowHides(ReadOnlySpan<ushort> ground)
    {
        // The bit that hides becomes each lane's sign, eight tiles at a time.
        var bits = 0UL;
        var i = 0;
        for (; i + Vector128<ushort>.Count <= ground.Length; i += Vector128<ushort>.Count)
        {
            var signs = Vector128.ShiftLeft(Vector128.Create(ground[i..]), 15 - Ground.HidesShift);
            bits |= (ulong)signs.ExtractMostSignificantBits() << i;
        }

        for (; i < ground.Length; i++)
        {
            bits |= (ulong)((ground[i] >> Ground.HidesShift) & 1) << i;
        }

        return bits;
    }

    private static void Cast(ReadOnlySpan<ulong> hides, Span<ulong> seen, int radius)
    {
        // The quadrants to the north and south read rows, those to the west and east read columns: rows of the transposed square.
        var side = hides.Length;
        Span<ulong> turned = stackalloc ulong[side];
        Transpose(hides, turned);
        Span<ulong> seenTurned = stackalloc ulong[side];
        seen[radius] = 1UL << radius;
        foreach (var away in (ReadOnlySpan<int>)[-1, 1])
        {
            new Quadrant(hides, seen, radius, away).Sweep(1, new Slope(-1, 1), new Slope(1, 1));
            new Quadrant(turned, seenTurned, radius, away).Sweep(1, new Slope(-1, 1), new Slope(1, 1));
        }

        Transpose(seenTurned, seen);
    }

    /// <summary>Takes away what lies outside of the map.</summary>
    private static void KeepMap(TileMap map, Tile eye, Span<ulong> seen, int radius)
    {
        int left = eye.X - radius, top = eye.Y - radius;
        var columns = Below(Math.Min(map.Width - left, seen.Length)) & ~Below(Math.Max(-left, 0));
        for (var row = 0; row < seen.Length; row++)
        {
            seen[row] &= (uint)(top + row) < (uint)map.Height ? columns : 0;
        }
    }

    /// <summary>Adds each set bit (row, column) as (column, row).</summary>
    private static void Transpose(ReadOnlySpan<ulong> rows, Span<ulong> turned)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            for (var bits = rows[row] & Below(rows.Length); bits != 0; bits &= bits - 1)
            {
                turned[BitOperations.TrailingZeroCount(bits)] |= 1UL << row;
            }
        }
    }

    private static ulong[] Pack(ReadOnlySpan<ulong> rows, int radius)
    {
        var side = (2 * radius) + 1;
        var packed = new ulong[((side * side) + 63) / 64];
        for (int row = 0, at = 0; row < side; row++, at += side)
        {
            packed[at >> 6] |= rows[row] << (at & 63);
            if ((at & 63) + side > 64)
            {
                packed[(at >> 6) + 1] |= rows[row] >> (64 - (at & 63));
            }
        }

        return packed;
    }

    private static ulong[] CircleRows(int radius)
    {
        var rows = new ulong[(2 * radius) + 1];
        for (var dy = -radius; dy <= radius; dy++)
        {
            var half = 0;
            while (((half + 1) * (half + 1)) + (dy * dy) <= radius * radius)
            {
                half++;
            }

            rows[dy + radius] = Below(radius + half + 1) & ~Below(radius - half);
        }

        return rows;
    }

    /// <summary>The lowest <paramref name="count"/> bits, for 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Below(int count) => (1UL << count) - 1;

    /// <summary>Columns over depth, as an exact fraction; <paramref name="Depth"/> is positive.</summary>
    private readonly record struct Slope(int Columns, int Depth);

    /// <summary>One quarter of the view. Its rows lie 1, 2, ... tiles away from the eye; column 0 is straight ahead.</summary>
    private readonly ref struct Quadrant(ReadOnlySpan<ulong> hides, Span<ulong> seen, int radius, int away)
    {
        private readonly ReadOnlySpan<ulong> _hides = hides;
        private readonly Span<ulong> _seen = seen;

        public void Sweep(int depth, Slope start, Slope end)
        {
            var row = radius + (away * depth);
            var circle = OpenRows[radius][row];

            // Columns that the sector touches, a half tile rounded inwards, and those whose middles lie in it.
            var touched = circle & Columns(
                FloorDivide((2 * depth * start.Columns) + start.Depth, 2 * start.Depth),
                -FloorDivide(end.Depth - (2 * depth * end.Columns), 2 * end.Depth));
            var middles = Columns(-FloorDivide(-depth * start.Columns, start.Depth), FloorDivide(depth * end.Columns, end.Depth));
            _seen[row] |= touched & (_hides[row] | middles);
            if (depth == radius)
            {
                return;
            }

            // Each run of tiles that do not hide opens a sector of its own in the next row.
            for (var open = touched & ~_hides[row]; open != 0;)
            {
                var first = BitOperations.TrailingZeroCount(open);
                var past = first + BitOperations.TrailingZeroCount(~(open >> first));
                Sweep(
                    depth + 1,
                    first > 0 && (touched & (1UL << (first - 1))) != 0 ? new Slope((2 * (first - radius)) - 1, 2 * depth) : start,
                    (touched & (1UL << past)) != 0 ? new Slope((2 * (past - radius)) - 1, 2 * depth) : end);
                open &= ~Below(past);
            }
        }

        private ulong Columns(int first, int last) =>
            first > last ? 0 : Below(Math.Min(last, radius) + radius + 1) & ~Below(Math.Max(first, -radius) + radius);

        private static int FloorDivide(int number, int divisor) => (number / divisor) - (number % divisor < 0 ? 1 : 0);
    }
}
