using Veltrix.World.Maps;

namespace Veltrix.World;

/// <summary>How a map is cut into square regions, numbered row by row from 0. The last of a row or column may be smaller.</summary>
public readonly record struct RegionGrid
{
    /// <param name="width">the map's columns</param>
    /// <param name="height">the map's rows</param>
    /// <param name="size">the side of a region in tiles</param>
    public RegionGrid(int width, int height, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Size = size;
        Columns = (width + size - 1) / size;
        Rows = (height + size - 1) / size;
    }

    public RegionGrid(TileMap map, int size)
        : this(map.Width, map.Height, size)
    {
    }

    public int Size { get; }

    public int Columns { get; }

    public int Rows { get; }

    public int Count => Columns * Rows;

    public int RegionOf(Tile tile) => ((tile.Y / Size) * Columns) + (tile.X / Size);

    /// <summary>The region that holds the tile next to the map's edge nearest to (x, y): for boxes that hang over the edge.</summary>
    public int RegionNear(int x, int y) =>
        (Math.Clamp(y / Size, 0, Rows - 1) * Columns) + Math.Clamp(x / Size, 0, Columns - 1);

    /// <summary>The top left tile of a region.</summary>
    public Tile OriginOf(int region) => Tile.At(region % Columns * Size, region / Columns * Size);
}
