using Veltrix.World;
using Veltrix.World.Maps;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Maps drawn in text: '#' is a wall, everything else is grass.</summary>
public static class TestMaps
{
    public static TileMap Open(int width, int height, params Tile[] walls)
    {
        var ground = new ushort[width * height];
        Array.Fill(ground, new Ground(Terrain.Grass, blocks: false, hides: false).Bits);
        foreach (var wall in walls)
        {
            ground[(wall.Y * width) + wall.X] = new Ground(Terrain.Wall, blocks: true, hides: true).Bits;
        }

        return new TileMap("meadow", width, height, ground, new byte[ground.Length], [0x00FF00], []);
    }
}
