using CsCheck;
using Veltrix.World.Maps;
using Veltrix.World.Sights;
using Veltrix.World.Tests.Maps;

namespace Veltrix.World.Tests.Sights;

public class SightTests
{
    [Fact]
    public void From_OpenGround_IsTheCircle()
    {
        var map = Drawing.Open(40, 40);
        for (var radius = 1; radius <= Sight.MaxRadius; radius++)
        {
            var sight = Sight.From(map, Tile.At(20, 20), radius);
            Assert.All(
                Drawing.TilesOf(map),
                tile => Assert.Equal(tile.SquaredDistanceTo(sight.Eye) <= radius * radius, sight.Sees(tile)));
        }
    }

    [Fact]
    public void From_OpenGround_SharesTheMasks()
    {
        var map = Drawing.Open(40, 40);
        Assert.True(Sight.From(map, Tile.At(20, 20), 8).Bits == Sight.From(map, Tile.At(9, 21), 8).Bits);
    }

    [Fact]
    public void From_RoomWithADoor_SeesThroughTheDoor() => Assert.Equal(
        [
            "    +++++++++",
            "    +++++++++",
            "    +++++++++",
            "    +++++++++",
            "    +++++++++",
            "    +++++++++",
            "         +   ",
            "         +   ",
            "        +++  ",
        ],
        Seen(
            Drawing.Map(
                "....#.......#",
                "....#.......#",
                "....#.......#",
                "....#.......#",
                "....#.......#",
                "....#####.###",
                ".............",
                ".............",
                "............."),
            Tile.At(9, 2),
            8));

    [Fact]
    public void From_APillar_HidesWhatIsBehindIt() => Assert.Equal(
        [
            "+++++++++",
            "+++++++++",
            "+++++    ",
            "+++++++++",
            "+++++++++",
        ],
        Seen(
            Drawing.Map(
                ".........",
                ".........",
                "....#....",
                ".........",
                "........."),
            Tile.At(0, 2),
            16));

    [Fact]
    public void From_AHidingTile_SeesOutOfIt()
    {
        var map = Drawing.Map(
            ".....",
            "..t..",
            ".....");

        Assert.All(Drawing.TilesOf(map), tile => Assert.True(Sight.From(map, Tile.At(2, 1), 8).Sees(tile)));
    }

    [Fact]
    public void From_AtTheMapsEdge_SeesNothingOutside()
    {
        var sight = Sight.From(Drawing.Open(5, 5), Tile.At(1, 1), 3);
        var seen = Enumerable.Range(0, 8).SelectMany(y => Enumerable.Range(0, 8).Select(x => Tile.At(x, y))).Count(sight.Sees);
        Assert.Equal(seen, sight.Bits.ToArray().Sum(System.Numerics.BitOperations.PopCount));
        Assert.False(sight.Sees(Tile.At(5, 1)));
    }

    [Fact]
    public void From_EyeOutsideOfTheMap_IsAnError() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sight.From(Drawing.Open(5, 5), Tile.At(5, 1), 3));

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(-1)]
    public void From_RadiusOutOfRange_IsAnError(int radius) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sight.From(Drawing.Open(5, 5), Tile.At(1, 1), radius));

    [Fact]
    public void From_AnyTwoTilesThatDoNotHide_SeeEachOtherOrNeitherDoes() =>
        Gen.Select(Drawing.AnyMap, Gen.Int[1, 16]).Sample((map, radius) => AssertSymmetric(map, [.. Drawing.TilesOf(map)], radius), iter: 60);

    [Theory]
    [InlineData("island_quest/world.tmx")]
    [InlineData("movingai_cities/NewYork_0_1024.map")]
    [InlineData("arduboy_rpg_world/world.tmx")]
    public void From_TilesOfARealMap_SeeEachOtherOrNeitherDoes(string file)
    {
        var map = RealMapTests.Read(file).Map;
        var random = new SeededRandom(1);
        for (var i = 0; i < 5; i++)
        {
            var middle = map.MainlandTile(random.Next(map.MainlandTiles));
            AssertSymmetric(map, [.. Drawing.TilesOf(map).Where(tile => tile.StepsTo(middle) <= 20)], 16);
        }
    }

    [Fact]
    public void From_AnyMap_IsTurnedWhenTheMapIsTurned() =>
        (from map in Drawing.AnyMap
         from eye in Drawing.TileOf(map)
         from radius in Gen.Int[1, 16]
         select (map, eye, radius)).Sample(
            (map, eye, radius) =>
            {
                var sight = Sight.From(map, eye, radius);
                var turned = Sight.From(Turned(map), Tile.At(map.Height - 1 - eye.Y, eye.X), radius);
                return Drawing.TilesOf(map).All(tile => sight.Sees(tile) == turned.Sees(Tile.At(map.Height - 1 - tile.Y, tile.X)));
            },
            iter: 300);

    [Fact]
    public void From_AnyMap_SeesWhatAStraightRowOfOpenTilesLeadsTo() =>
        (from map in Drawing.AnyMap
         from eye in Drawing.TileOf(map)
         from away in Gen.Select(Gen.Int[-1, 1], Gen.Int[-1, 1])
         where away != (0, 0)
         select (map, eye, away)).Sample(
            (map, eye, away) =>
            {
                var sight = Sight.From(map, eye, 16);
                int x = eye.X + away.Item1, y = eye.Y + away.Item2;
                var clear = true;
                for (; map.Contains(x, y) && Tile.At(x, y).SquaredDistanceTo(eye) <= 256; x += away.Item1, y += away.Item2)
                {
                    Assert.Equal(clear, sight.Sees(Tile.At(x, y)));
                    clear &= !map.Hides(x, y);
                }
            },
            iter: 300);

    private static void AssertSymmetric(TileMap map, Tile[] tiles, int radius)
    {
        var sights = tiles.ToDictionary(tile => tile, tile => Sight.From(map, tile, radius));
        foreach (var eye in tiles.Where(tile => !map[tile].Hides))
        {
            foreach (var tile in tiles.Where(tile => !map[tile].Hides && sights[eye].Sees(tile)))
            {
                Assert.True(sights[tile].Sees(eye), $"{eye} sees {tile}, which does not see {eye}, within {radius}.");
            }
        }
    }

    private static TileMap Turned(TileMap map)
    {
        var ground = new ushort[map.Width * map.Height];
        foreach (var tile in Drawing.TilesOf(map))
        {
            ground[(tile.X * map.Height) + map.Height - 1 - tile.Y] = map[tile].Bits;
        }

        return new TileMap(map.Name, map.Height, map.Width, ground, new byte[ground.Length], map.Palette, []);
    }

    private static IEnumerable<string> Seen(TileMap map, Tile eye, int radius)
    {
        var sight = Sight.From(map, eye, radius);
        return Drawing.TilesOf(map).Select(tile => sight.Sees(tile) ? '+' : ' ').Chunk(map.Width).Select(row => new string(row));
    }
}
