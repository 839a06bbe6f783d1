using CsCheck;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests;

public class RegionLineTests
{
    [Fact]
    public void Line_OfAnOpenSquare_StepsFromRegionToNeighbour()
    {
        var grid = new RegionGrid(256, 256, 16);
        var line = RegionLine.Of(Map(256, 256, (_, _) => true), grid);

        var order = Enumerable.Range(0, grid.Count).OrderBy(region => line[region]).ToArray();
        Assert.All(order.Zip(order.Skip(1)), pair => Assert.Equal(
            1, Math.Abs((pair.First % grid.Columns) - (pair.Second % grid.Columns)) + Math.Abs((pair.First / grid.Columns) - (pair.Second / grid.Columns))));
    }

    [Fact]
    public void Line_AnyMap_HasAPlaceOfItsOwnForEachRegion() =>
        (from width in Gen.Int[1, 200]
         from height in Gen.Int[1, 200]
         from size in Gen.Int[8, 64]
         select (width, height, size)).Sample(
            (width, height, size) =>
            {
                var line = RegionLine.Of(Map(width, height, (x, y) => (x * y) % 3 == 0), new RegionGrid(width, height, size));
                return line.Distinct().Count() == line.Length && line.All(point => point is >= 0 and < 1);
            },
            iter: 100);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Line_CutIntoEqualPieces_SharesTheGroundEvenly(int shares)
    {
        // Two thirds of the map are water: what counts is ground.
        var map = Map(512, 512, static (x, _) => x < 170);
        var grid = new RegionGrid(map, 32);
        var line = RegionLine.Of(map, grid);

        var ground = new int[shares];
        for (var y = 0; y < map.Height; y++)
        {
            for (var x = 0; x < map.Width; x++)
            {
                ground[(int)(line[grid.RegionOf(Tile.At(x, y))] * shares)] += map.IsOpen(x, y) ? 1 : 0;
            }
        }

        Assert.All(ground, share => Assert.InRange(share, ground.Average() * 0.95, ground.Average() * 1.05));
    }

    private static TileMap Map(int width, int height, Func<int, int, bool> open)
    {
        var ground = new ushort[width * height];
        for (var i = 0; i < ground.Length; i++)
        {
            ground[i] = new Ground(Terrain.Grass, blocks: !open(i % width, i / width), hides: false).Bits;
        }

        return new TileMap("field", width, height, ground, new byte[ground.Length], [0x00FF00], []);
    }
}
