using CsCheck;

namespace Veltrix.World.Tests;

public class RegionGridTests
{
    [Theory]
    [InlineData(128, 64, 64, 2, 1)]
    [InlineData(129, 64, 64, 3, 1)]
    [InlineData(1, 1, 64, 1, 1)]
    public void Grid_AnySize_CoversTheMap(int width, int height, int size, int columns, int rows)
    {
        var grid = new RegionGrid(width, height, size);
        Assert.Equal((columns, rows, columns * rows), (grid.Columns, grid.Rows, grid.Count));
    }

    [Fact]
    public void RegionOf_AnyTile_IsTheRegionWhoseSquareHoldsIt() =>
        (from width in Gen.Int[1, 2000]
         from height in Gen.Int[1, 2000]
         from size in Gen.Int[16, 256]
         from x in Gen.Int[0, width - 1]
         from y in Gen.Int[0, height - 1]
         select (new RegionGrid(width, height, size), Tile.At(x, y))).Sample(
            (grid, tile) =>
            {
                var region = grid.RegionOf(tile);
                var origin = grid.OriginOf(region);
                return region >= 0 && region < grid.Count && region == grid.RegionNear(tile.X, tile.Y)
                    && tile.X >= origin.X && tile.X < origin.X + grid.Size && tile.Y >= origin.Y && tile.Y < origin.Y + grid.Size;
            });

    [Theory]
    [InlineData(-5, -5, 0)]
    [InlineData(-1, 70, 2)]
    [InlineData(500, 10, 1)]
    [InlineData(500, 500, 5)]
    public void RegionNear_OutsideOfTheMap_IsTheNearestRegion(int x, int y, int region) =>
        Assert.Equal(region, new RegionGrid(100, 150, 64).RegionNear(x, y));

    [Fact]
    public void Grid_SizeZero_IsAnError() => Assert.Throws<ArgumentOutOfRangeException>(() => new RegionGrid(10, 10, 0));
}
