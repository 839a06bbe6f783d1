using CsCheck;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class IslandGeneratorTests
{
    [Theory]
    [InlineData(16, 16, 1, "3670925f505ef5344865268e2b8d0c5e")]
    [InlineData(64, 64, 0, "6a18fd3b12709d6a205ab04f86b8722b")]
    [InlineData(300, 200, 11, "22299b03fc1714fd0e9b5232d153607e")]
    [InlineData(256, 256, 18_446_744_073_709_551_615, "0b694233e8b487b43b5e47c27a8811e0")]
    [InlineData(1024, 1024, 7, "f52fcc729f99b7a93411582899716c66")]
    public void Generate_SameSizeAndSeed_IsTheSameOnEveryMachine(int width, int height, ulong seed, string hash) =>
        Assert.StartsWith(hash, IslandGenerator.Generate(width, height, seed).Hash, StringComparison.Ordinal);

    [Fact]
    public void Generate_AnySizeAndSeed_IsAnIslandThatCanBeWalked() =>
        Gen.Select(Gen.Int[16, 200], Gen.Int[16, 200], Gen.ULong).Sample(
            (width, height, seed) =>
            {
                var map = IslandGenerator.Generate(width, height, seed);

                Assert.Equal((width, height), (map.Width, map.Height));
                Assert.InRange(map.MainlandTiles, width * height * 35 / 100, width * height * 70 / 100);
                Assert.True(map.MainlandTiles > map.OpenTiles * 0.9, $"{map.MainlandTiles} of {map.OpenTiles} hang together.");
                Assert.All(
                    Drawing.TilesOf(map).Where(tile => tile.X == 0 || tile.Y == 0 || tile.X == width - 1 || tile.Y == height - 1),
                    tile => Assert.Equal(Terrain.DeepWater, map[tile].Terrain));
                Assert.NotEmpty(map.Objects);
                Assert.All(map.Objects, item => Assert.True(item.Kind == MapObjectKind.Spawn && map.IsMainland(item.Tile)));
                Assert.True(map.Paint.ToArray().Max() < map.Palette.Length);
            },
            iter: 60);

    [Fact]
    public void Generate_LongAndThin_IsAnIslandToo()
    {
        var map = IslandGenerator.Generate(IslandGenerator.MostSide, IslandGenerator.LeastSide, 5);
        Assert.True(map.MainlandTiles > map.GroundBits.Length * 0.35);
        Assert.True(map.MainlandTiles > map.OpenTiles * 0.9);
    }

    [Fact]
    public void Generate_LargeIsland_HasEveryKindOfCountryAndPathsBetweenItsVillages()
    {
        var map = IslandGenerator.Generate(512, 512, 42);
        var kinds = Drawing.TilesOf(map).Select(tile => map[tile].Terrain).ToHashSet();

        Assert.Superset(
            new HashSet<Terrain>
            {
                Terrain.DeepWater, Terrain.ShallowWater, Terrain.Sand, Terrain.Grass, Terrain.Wood, Terrain.Rock, Terrain.Hill, Terrain.Path, Terrain.Wall,
            },
            kinds);
        var reached = FloodPaths(map, map.Objects[0].Tile);
        Assert.True(map.Objects.Length > 3);
        Assert.All(map.Objects, village => Assert.Contains(village.Tile, reached));
    }

    [Fact]
    public void Generate_OtherSeed_IsAnotherIsland() =>
        Assert.NotEqual(IslandGenerator.Generate(64, 64, 1).Hash, IslandGenerator.Generate(64, 64, 2).Hash);

    [Theory]
    [InlineData(15, 64)]
    [InlineData(64, 4097)]
    [InlineData(-1, 64)]
    public void Generate_SizeOutOfRange_IsAnError(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IslandGenerator.Generate(width, height, 1));

    private static HashSet<Tile> FloodPaths(TileMap map, Tile start)
    {
        var reached = new HashSet<Tile> { start };
        var pending = new Stack<Tile>([start]);
        while (pending.TryPop(out var at))
        {
            for (var i = 0; i < 9; i++)
            {
                var next = Tile.At(at.X + (i % 3) - 1, at.Y + (i / 3) - 1);
                if (map[next].Terrain == Terrain.Path && reached.Add(next))
                {
                    pending.Push(next);
                }
            }
        }

        return reached;
    }
}
