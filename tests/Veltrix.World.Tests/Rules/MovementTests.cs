using CsCheck;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.World.Tests.Rules;

public class MovementTests
{
    private static readonly TileMap Yard = Drawing.Map(
        "......~",
        ".##.2..",
        ".#.#2==",
        ".##....");

    [Theory]
    [InlineData(0, 0, 0, 0, 8, MoveVerdict.Ok, 0)]
    [InlineData(0, 0, 1, 0, 8, MoveVerdict.Ok, 100)]
    [InlineData(3, 0, 4, 1, 8, MoveVerdict.Ok, 280)]
    [InlineData(4, 0, 5, 1, 8, MoveVerdict.Ok, 140)]
    [InlineData(4, 0, 6, 2, 8, MoveVerdict.Ok, 210)]
    [InlineData(4, 0, 4, 3, 8, MoveVerdict.Ok, 330)]     // around the costly tiles, over the path
    [InlineData(0, 0, 5, 0, 4, MoveVerdict.TooFar, 0)]
    [InlineData(0, 0, 7, 0, 16, MoveVerdict.TooFar, 0)]  // outside of the map
    [InlineData(0, 0, 0, 4, 16, MoveVerdict.TooFar, 0)]
    [InlineData(0, 0, 1, 1, 8, MoveVerdict.Blocked, 0)]
    [InlineData(0, 0, 6, 0, 8, MoveVerdict.Blocked, 0)]
    [InlineData(3, 1, 2, 2, 8, MoveVerdict.Unreachable, 0)] // only corners touch
    [InlineData(0, 3, 3, 3, 3, MoveVerdict.Unreachable, 0)] // the way around needs more room
    [InlineData(0, 3, 3, 3, 4, MoveVerdict.Ok, 1280)]
    [InlineData(0, 3, 3, 3, 8, MoveVerdict.Ok, 1130)]
    [InlineData(0, 3, 3, 3, 2, MoveVerdict.TooFar, 0)]
    public void Judge_YardWithWallsAndWater_GivesVerdictAndCost(
        int fromX, int fromY, int toX, int toY, int reach, MoveVerdict verdict, int cost)
    {
        Assert.Equal(verdict, Movement.Judge(Yard, Tile.At(fromX, fromY), Tile.At(toX, toY), reach, out var paid));
        Assert.Equal(cost, paid);
    }

    [Fact]
    public void Judge_WayLeadsOutOfTheReach_IsUnreachable()
    {
        var map = Drawing.Map(
            ".#.",
            ".#.",
            ".#.",
            "...");

        Assert.Equal(MoveVerdict.Unreachable, Movement.Judge(map, Tile.At(0, 0), Tile.At(2, 0), 2, out var none));
        Assert.Equal(0, none);
        Assert.Equal(MoveVerdict.Ok, Movement.Judge(map, Tile.At(0, 0), Tile.At(2, 0), 3, out var cost));
        Assert.Equal(800, cost);
    }

    [Fact]
    public void Judge_FromBlockedGround_LetsThePlayerOutAndNotBack()
    {
        var map = Drawing.Map("#..");

        Assert.Equal(MoveVerdict.Ok, Movement.Judge(map, Tile.At(0, 0), Tile.At(2, 0), 8, out var cost));
        Assert.Equal(200, cost);
        Assert.Equal(MoveVerdict.Ok, Movement.Judge(map, Tile.At(0, 0), Tile.At(0, 0), 8, out _));
        Assert.Equal(MoveVerdict.Blocked, Movement.Judge(map, Tile.At(1, 0), Tile.At(0, 0), 8, out _));
    }

    [Fact]
    public void Judge_AnyWalk_CostsWhatDijkstraSays() =>
        (from map in Drawing.AnyMap
         from walk in Gen.Select(Drawing.TileOf(map), Drawing.TileOf(map), Gen.Int[1, Movement.MaxReach])
         select (map, walk)).Sample(
            (map, walk) =>
            {
                var (from, to, reach) = walk;
                var expected = DijkstraCost(map, from, to, reach);
                var verdict = Movement.Judge(map, from, to, reach, out var cost);
                return (verdict == MoveVerdict.Ok) == (expected is not null) && cost == (expected ?? 0) && (cost == 0) == (from == to || expected is null);
            },
            iter: 3_000);

    [Fact]
    public void Judge_OpenTilesWithinEachOthersReach_ReachEachOther() =>
        (from map in Drawing.AnyMap
         from ends in Gen.Select(Drawing.TileOf(map), Drawing.TileOf(map))
         where map.Width <= 17 && map.Height <= 17 && map.IsOpen(ends.Item1) && map.IsOpen(ends.Item2)
         select (map, ends.Item1, ends.Item2)).Sample(
            (map, one, other) =>
                Movement.Judge(map, one, other, Movement.MaxReach, out _) == Movement.Judge(map, other, one, Movement.MaxReach, out _),
            iter: 1_000);

    /// <summary>The cheapest walk inside of the square, found without any haste; null where there is none.</summary>
    private static int? DijkstraCost(TileMap map, Tile from, Tile to, int reach)
    {
        if (from.StepsTo(to) > reach)
        {
            return null;
        }

        var pending = new PriorityQueue<(int X, int Y), int>([((from.X, from.Y), 0)]);
        var done = new HashSet<(int X, int Y)>();
        while (pending.TryDequeue(out var at, out var walked))
        {
            if (at == (to.X, to.Y))
            {
                return walked;
            }

            if (!done.Add(at))
            {
                continue;
            }

            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    var next = (X: at.X + dx, Y: at.Y + dy);
                    var inside = Math.Abs(next.X - from.X) <= reach && Math.Abs(next.Y - from.Y) <= reach;
                    if (inside && map.IsOpen(next.X, next.Y) && (dx == 0 || dy == 0 || (map.IsOpen(at.X, next.Y) && map.IsOpen(next.X, at.Y))))
                    {
                        pending.Enqueue(next, walked + (map[next.X, next.Y].Cost * (dx != 0 && dy != 0 ? 14 : 10)));
                    }
                }
            }
        }

        return null;
    }
}
