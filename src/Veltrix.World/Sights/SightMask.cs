namespace Veltrix.World.Sights;

/// <summary>Which tiles of a square around an eye are in its sight. Immutable.</summary>
public sealed class SightMask
{
    private readonly ulong[] _bits;

    /// <param name="eye">the tile that looks</param>
    /// <param name="radius">1 to 16: the square has 2 x radius + 1 tiles a side</param>
    /// <param name="bits">one bit a tile of the square, row by row from its top left; the mask keeps the array</param>
    public SightMask(Tile eye, int radius, ulong[] bits)
    {
        Eye = eye;
        Radius = radius;
        _bits = bits;
    }

    public Tile Eye { get; }

    public int Radius { get; }

    public ReadOnlySpan<ulong> Bits => _bits;

    public bool Sees(Tile tile)
    {
        int side = (2 * Radius) + 1, x = tile.X - Eye.X + Radius, y = tile.Y - Eye.Y + Radius;
        if ((uint)x >= (uint)side || (uint)y >= (uint)side)
        {
            return false;
        }

        var bit = (y * side) + x;
        return (_bits[bit >> 6] & (1UL << (bit & 63))) != 0;
    }
}
