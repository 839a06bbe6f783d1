using CsCheck;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.World.Tests.Rules;

public class SpawnsTests
{
    private static readonly string[] Players = [.. Enumerable.Range(0, 300).Select(i => $"player-{i}")];

    [Fact]
    public void For_AnyMap_StartsOnTheMainlandAndAlwaysOnTheSameTile() =>
        (from map in Drawing.AnyMap
         where map.MainlandTiles > 0
         from seed in Gen.ULong
         from player in Gen.String
         select (map, seed, player)).Sample(
            (map, seed, player) =>
            {
                var tile = Spawns.For(map, seed, player);
                return map.IsMainland(tile) && tile == Spawns.For(map, seed, player);
            },
            iter: 1_000);

    [Fact]
    public void For_MapWithoutSpawnPoints_SpreadsPlayersOverTheMainland()
    {
        var map = Drawing.Open(100, 100);
        var tiles = Players.Select(player => Spawns.For(map, 1, player)).ToArray();

        Assert.InRange(tiles.Distinct().Count(), 280, 300);
        Assert.InRange(tiles.Count(tile => tile.X < 50), 120, 180);
        Assert.InRange(tiles.Count(tile => tile.Y < 50), 120, 180);
    }

    [Fact]
    public void For_MapWithSpawnPoints_StartsAFewStepsFromOneOfThem()
    {
        var rows = Enumerable.Repeat(new string('.', 60), 60).ToArray();
        rows[10] = rows[10][..10] + "S" + rows[10][11..];
        rows[50] = rows[50][..50] + "S" + rows[50][51..];
        var map = Drawing.Map(rows);

        var tiles = Players.Select(player => Spawns.For(map, 1, player)).ToArray();

        Assert.All(tiles, tile => Assert.True(
            tile.StepsTo(Tile.At(10, 10)) <= Spawns.Spread || tile.StepsTo(Tile.At(50, 50)) <= Spawns.Spread));
        Assert.InRange(tiles.Count(tile => tile.X < 30), 120, 180);
        Assert.InRange(tiles.Distinct().Count(), 150, 300);
    }

    [Fact]
    public void For_SpawnPointInARoom_StartsInTheRoom()
    {
        var map = Drawing.Map(
            "..................",
            ".######...........",
            ".#....#...........",
            ".#.S..#...........",
            ".####.#...........",
            ".#................",
            ".#................");

        Assert.All(Players, player => Assert.True(
            Movement.Judge(map, Tile.At(3, 3), Spawns.For(map, 1, player), Spawns.Spread, out _) == MoveVerdict.Ok));
    }

    [Fact]
    public void For_SpawnPointThatIsCutOff_IsNotUsed()
    {
        var map = Drawing.Map("S#...", "##...");
        Assert.All(Players, player => Assert.True(Spawns.For(map, 1, player).X >= 2));
    }

    [Fact]
    public void For_OneOpenTileInAVastMap_FindsIt()
    {
        var rows = Enumerable.Repeat(new string('#', 500), 500).ToArray();
        rows[321] = rows[321][..123] + "." + rows[321][124..];
        var map = Drawing.Map(rows);

        Assert.All(Players.Take(20), player => Assert.Equal(Tile.At(123, 321), Spawns.For(map, 1, player)));
    }

    [Fact]
    public void For_MapWithoutOpenGround_SaysSo()
    {
        var problem = Assert.Throws<MapException>(() => Spawns.For(Drawing.Map("#~"), 1, "anna"));
        Assert.Equal("Map drawn has no open ground to stand on: let some of its tiles be walkable.", problem.Message);
        Assert.Equal(problem.Message, Spawns.Problem(Drawing.Map("#~")));
        Assert.Null(Spawns.Problem(Drawing.Map("#.")));
    }

    [Fact]
    public void For_SameSeedAndName_IsTheSameOnEveryMachine() => Assert.Equal(
        [Tile.At(76, 99), Tile.At(81, 61), Tile.At(8, 18)],
        Players.Take(3).Select(player => Spawns.For(Drawing.Open(100, 100), 7, player)));
}
