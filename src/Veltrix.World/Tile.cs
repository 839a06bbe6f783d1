namespace Veltrix.World;

/// <summary>A place on a map: column and row, counted from 0 at the top left.</summary>
public readonly record struct Tile(ushort X, ushort Y)
{
    /// <summary>Makes a tile of coordinates that the caller knows to be on a map, and so between 0 and 65,535.</summary>
    public static Tile At(int x, int y) => new(checked((ushort)x), checked((ushort)y));

    /// <summary>Steps to <paramref name="other"/> when a diagonal step counts as one: max(|dx|, |dy|).</summary>
    public int StepsTo(Tile other) => Math.Max(Math.Abs(X - other.X), Math.Abs(Y - other.Y));

    /// <summary>The square of the straight distance to <paramref name="other"/>, in tiles.</summary>
    public int SquaredDistanceTo(Tile other)
    {
        int dx = X - other.X, dy = Y - other.Y;
        return checked((dx * dx) + (dy * dy));
    }

    public override string ToString() => $"({X}, {Y})";
}
