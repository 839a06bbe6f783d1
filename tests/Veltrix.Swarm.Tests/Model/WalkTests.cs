using CsCheck;
using Veltrix.Commands.Swarm.Model;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Rules;
using Veltrix.World.Tests;

namespace Veltrix.Swarm.Tests.Model;

/// <summary>The swarm's own search and the server's must say the same of every walk, although they share no code.</summary>
public sealed class WalkTests
{
    [Fact]
    public void Judge_AnyWalkOnAnyMap_AgreesWithTheRulesOfMovement() =>
        (from map in Drawing.AnyMap
         from walk in Gen.Select(Drawing.TileOf(map), Gen.Int[-20, 20], Gen.Int[-20, 20], Gen.Int[1, 16])
         let target = Tile.At(Math.Max(0, walk.Item1.X + walk.Item2), Math.Max(0, walk.Item1.Y + walk.Item3))
         select (Map: map, Start: walk.Item1, Target: target, Reach: walk.Item4)).Sample(
            walk =>
            {
                var model = new HuntModel(walk.Map, new HuntRules { Reach = walk.Reach }, 1, 1, "bot-", alone: true);

                var expected = Movement.Judge(walk.Map, walk.Start, walk.Target, walk.Reach, out _) switch
                {
                    MoveVerdict.Ok => ResultCode.Ok,
                    MoveVerdict.Blocked => ResultCode.Blocked,
                    MoveVerdict.TooFar => ResultCode.TooFar,
                    _ => ResultCode.Unreachable,
                };

                Assert.Equal(expected, model.Judge(CommandKind.Move, walk.Start, walk.Target));
            },
            iter: 5000);

    [Fact]
    public void Leads_AroundAWallInsideOfTheReach_IsTrueAndOutsideFalse()
    {
        var map = Drawing.Map(
            ".#....",
            ".#.##.",
            ".#..#.",
            ".##.#.",
            "....#.");

        Assert.True(Walk.Leads(map, Tile.At(0, 0), Tile.At(2, 0), 4));
        Assert.False(Walk.Leads(map, Tile.At(0, 0), Tile.At(2, 0), 3));
    }

    [Fact]
    public void Leads_DiagonalBetweenTwoWalls_IsFalse()
    {
        var map = Drawing.Map(
            ".#",
            "#.");

        Assert.False(Walk.Leads(map, Tile.At(0, 0), Tile.At(1, 1), 8));
    }
}
