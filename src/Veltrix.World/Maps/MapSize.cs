namespace Veltrix.World.Maps;

/// <summary>Which sizes a map can have; asked before any memory is taken.</summary>
internal static class MapSize
{
    public static void Check(string place, int width, int height)
    {
        if (width < 1 || height < 1)
        {
            throw new MapException($"{place}: its size is {width} x {height} tiles; both must be at least 1.");
        }

        if (width > TileMap.MaxSide || height > TileMap.MaxSide || (long)width * height > TileMap.MaxTiles)
        {
            throw new MapException(
                $"{place}: its size is {width} x {height} tiles; a side has at most {TileMap.MaxSide} tiles and a map at most {TileMap.MaxTiles}, so cut it into several maps.");
        }
    }
}
