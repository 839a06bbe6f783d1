using CsCheck;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.World.Tests.Rules;

public class TreasurePlanTests
{
    private static readonly HuntRules OnlyTheMaps = new() { TreasuresPerThousand = 0, LeastPoints = 5, MostPoints = 9 };

    [Fact]
    public void Create_MapsTreasures_LieWhereTheMapPutsThem()
    {
        var plan = TreasurePlan.Create(Drawing.Map("..T..", "T...."), OnlyTheMaps, 1);

        Assert.Equal([Tile.At(2, 0), Tile.At(0, 1)], plan.All.Select(treasure => treasure.Tile));
        Assert.Equal([0, 1], plan.All.Select(treasure => treasure.Id));
        Assert.All(plan.All, treasure => Assert.InRange(treasure.Points, 5, 9));
    }

    [Fact]
    public void Create_MapsTreasureWithPoints_KeepsThemUpToTheBound()
    {
        var map = Drawing.Map(["...."],
        [
            new MapObject(MapObjectKind.Treasure, "crown", Tile.At(0, 0), 777),
            new MapObject(MapObjectKind.Treasure, "too much", Tile.At(1, 0), long.MaxValue),
            new MapObject(MapObjectKind.Treasure, "unset", Tile.At(2, 0), -3),
            new MapObject(MapObjectKind.Other, "sign", Tile.At(3, 0), 4),
        ]);

        var plan = TreasurePlan.Create(map, OnlyTheMaps, 1);

        Assert.Equal(3, plan.All.Length);
        Assert.Equal([777, TreasurePlan.MaxPoints], plan.All.Take(2).Select(treasure => treasure.Points));
        Assert.InRange(plan.All[2].Points, 5, 9);
    }

    [Fact]
    public void Create_TreasureInAWall_MovesToTheNearestTileThatCanBeDug()
    {
        var plan = TreasurePlan.Create(Drawing.Map("##...", "#X#..", "#.#..", "###.."), OnlyTheMaps, 1);

        // The cell below is nearer, but nobody gets there.
        Assert.Equal(Tile.At(2, 0), Assert.Single(plan.All).Tile);
    }

    [Fact]
    public void Create_TwoTreasuresOnOneTile_LieSideBySide()
    {
        var chest = new MapObject(MapObjectKind.Treasure, "chest", Tile.At(1, 1));

        var plan = TreasurePlan.Create(Drawing.Map(["...", "...", "..."], [chest, chest]), OnlyTheMaps, 1);

        Assert.Equal([Tile.At(1, 0), Tile.At(1, 1)], plan.All.Select(treasure => treasure.Tile));
    }

    [Fact]
    public void Create_TreasureFarFromAnyGround_IsLeftOut()
    {
        var row = "." + new string('#', 16);
        Assert.Single(TreasurePlan.Create(Drawing.Map(row + "#"), OnlyTheMaps with { TreasuresPerThousand = 1000 }, 1).All);
        Assert.Empty(TreasurePlan.Create(Drawing.Map(row + "X"), OnlyTheMaps, 1).All);
        Assert.Single(TreasurePlan.Create(Drawing.Map(row[..^1] + "X"), OnlyTheMaps, 1).All);
    }

    [Fact]
    public void Create_AskedForAllTiles_BuriesOneInEachTileOfTheMainland()
    {
        var map = Drawing.Map("..#.", "T.##", "~...");

        var plan = TreasurePlan.Create(map, new HuntRules { TreasuresPerThousand = 1000 }, 1);

        Assert.Equal(Drawing.TilesOf(map).Where(map.IsMainland), plan.All.Select(treasure => treasure.Tile));
    }

    [Fact]
    public void Create_MapWithoutOpenGround_IsEmpty() =>
        Assert.Empty(TreasurePlan.Create(Drawing.Map("##X"), new HuntRules(), 1).All);

    [Fact]
    public void Create_AnyMap_FindsEachTreasureByItsTileAndNothingElse() =>
        Gen.Select(Drawing.AnyMap, Gen.Int[0, 1000], Gen.ULong).Sample(
            (map, perThousand, seed) =>
            {
                var rules = new HuntRules { TreasuresPerThousand = perThousand };
                var plan = TreasurePlan.Create(map, rules, seed);
                var byTile = plan.All.ToDictionary(treasure => treasure.Tile);

                Assert.Equal(((map.MainlandTiles * perThousand) + 500) / 1000, plan.All.Length);
                Assert.All(plan.All, treasure => Assert.True(map.IsMainland(treasure.Tile)));
                Assert.All(plan.All, treasure => Assert.InRange(treasure.Points, 1, 100));
                Assert.Equal(Enumerable.Range(0, plan.All.Length), plan.All.Select(treasure => treasure.Id));
                foreach (var tile in Drawing.TilesOf(map).Append(Tile.At(map.Width, 0)).Append(Tile.At(0, map.Height)))
                {
                    Assert.Equal(byTile.TryGetValue(tile, out var expected), plan.TryFind(tile, out var found));
                    Assert.Equal(expected, found);
                }

                Assert.Equal(plan.All, TreasurePlan.Create(map, rules, seed).All);
            },
            iter: 200);

    [Fact]
    public void Create_ManyTreasures_AreSpreadEvenlyAndRarerOnesAreWorthMore()
    {
        var plan = TreasurePlan.Create(Drawing.Open(200, 200), new HuntRules { TreasuresPerThousand = 100 }, 42);

        Assert.Equal(4_000, plan.All.Length);
        Assert.InRange(plan.All.Count(treasure => treasure.Tile.X < 100), 1_850, 2_150);
        Assert.InRange(plan.All.Count(treasure => treasure.Tile.Y < 100), 1_850, 2_150);
        Assert.InRange(plan.All.Count(treasure => treasure.Points <= 13), 1_850, 2_250);
        Assert.InRange(plan.All.Count(treasure => treasure.Points > 75), 300, 440);
        Assert.Equal(1, plan.All.Min(treasure => treasure.Points));
        Assert.Equal(100, plan.All.Max(treasure => treasure.Points));
    }

    [Fact]
    public void Create_OtherSeed_IsAnotherPlan() => Assert.NotEqual(
        TreasurePlan.Create(Drawing.Open(50, 50), new HuntRules(), 1).All,
        TreasurePlan.Create(Drawing.Open(50, 50), new HuntRules(), 2).All);

    [Fact]
    public void Create_SameSeed_IsTheSameOnEveryMachine() => Assert.Equal(
        [
            new Treasure(0, Tile.At(19, 0), 1),
            new Treasure(1, Tile.At(4, 5), 11),
            new Treasure(2, Tile.At(7, 12), 1),
            new Treasure(3, Tile.At(2, 18), 44),
        ],
        TreasurePlan.Create(Drawing.Open(20, 20), new HuntRules { TreasuresPerThousand = 10 }, 7).All);
}
