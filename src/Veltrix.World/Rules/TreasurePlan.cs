using System.Collections.Immutable;
using System.Numerics;
using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>Something buried: its number in the hunt, counted from 0, its tile, and what its claim scores.</summary>
public readonly record struct Treasure(int Id, Tile Tile, long Points);

/// <summary>
/// Where a hunt's treasures lie: a function of map, rules and seed alone, the same on every machine.
/// <para>
/// The map's own treasures come first. One that lies where nobody can dig it, or where another one lies, moves to the nearest free tile
/// of the largest part (straight distance, then the upper, then the left one), at most <see cref="MaxMove"/> tiles; where there is none,
/// it is left out. Then <see cref="HuntRules.TreasuresPerThousand"/> more for each 1,000 tiles of the largest part, on tiles of it that
/// are still free, each as likely. No hunt has more than <see cref="MaxTreasures"/>.
/// </para>
/// <para>
/// Points rise as treasures get rarer: a treasure scores least + (most - least + 1) u³, rounded down, for a u drawn evenly from 0 to 1. Half
/// of all lie in the lowest eighth of the range, one in eleven in its highest quarter. The map's own treasures keep their points where
/// they have some, up to <see cref="MaxPoints"/>.
/// </para>
/// <para>Treasures are numbered row by row, so that one bit a tile and a count for each 64 tiles find them.</para>
/// </summary>
public sealed class TreasurePlan
{
    /// <summary>The most treasures of a hunt: 16 MB of them.</summary>
    public const int MaxTreasures = 1 << 20;

    /// <summary>The most points of one treasure.</summary>
    public const long MaxPoints = 1_000_000;

    /// <summary>How far, in tiles, a treasure of the map may move to a place where it can be dug.</summary>
    public const int MaxMove = 16;

    private readonly int _width;
    private readonly int _height;
    private readonly ulong[] _buried;
    private readonly int[] _before;

    private TreasurePlan(TileMap map, ulong[] buried, int[] before, ImmutableArray<Treasure> all)
    {
        (_width, _height) = (map.Width, map.Height);
        _buried = buried;
        _before = before;
        All = all;
    }

    /// <summary>All of them by their number, which is row by row.</summary>
    public ImmutableArray<Treasure> All { get; }

    public static TreasurePlan Create(TileMap map, HuntRules rules, ulong seed)
    {
        var random = new SeededRandom(StableHash.Combine(seed, StableHash.Of("treasures")));
        var buried = new ulong[(map.GroundBits.Length + 63) / 64];
        var points = BuryObjects(map, buried);
        BuryMore(map, buried, points.Count, rules.TreasuresPerThousand, ref random);

        var before = new int[buried.Length];
        var count = 0;
        for (var i = 0; i < buried.Length; i++)
        {
            before[i] = count;
            count += BitOperations.PopCount(buried[i]);
        }

        var all = ImmutableArray.CreateBuilder<Treasure>(count);
        for (var i = 0; i < buried.Length; i++)
        {
            for (var bits = buried[i]; bits != 0; bits &= bits - 1)
            {
                var index = (i * 64) + BitOperations.TrailingZeroCount(bits);
                var drawn = Draw(rules, ref random);
                var tile = Tile.At(index % map.Width, index / map.Width);
                all.Add(new Treasure(all.Count, tile, points.TryGetValue(index, out var own) && own > 0 ? Math.Min(own, MaxPoints) : drawn));
            }
        }

        return new TreasurePlan(map, buried, before, all.MoveToImmutable());
    }

    /// <summary>The treasure that is buried in a tile, if any; at most one is.</summary>
    public bool TryFind(Tile tile, out Treasure treasure)
    {
        treasure = default;
        if (tile.X >= _width || tile.Y >= _height)
        {
            return false;
        }

        var index = (tile.Y * _width) + tile.X;
        ulong word = _buried[index >> 6], bit = 1UL << (index & 63);
        if ((word & bit) == 0)
        {
            return false;
        }

        treasure = All[_before[index >> 6] + BitOperations.PopCount(word & (bit - 1))];
        return true;
    }

    /// <summary>Buries the map's treasures; answers their points by tile, 0 where the map sets none.</summary>
    private static Dictionary<int, long> BuryObjects(TileMap map, ulong[] buried)
    {
        var points = new Dictionary<int, long>();
        foreach (var item in map.Objects)
        {
            if (item.Kind == MapObjectKind.Treasure && points.Count < MaxTreasures && NearestFree(map, buried, item.Tile) is { } index)
            {
                buried[index >> 6] |= 1UL << (index & 63);
                points.Add(index, item.Points);
            }
        }

        return points;
    }

    private static int? NearestFree(TileMap map, ulong[] buried, Tile wanted)
    {
        int? nearest = null;
        var least = int.MaxValue;

        // Rings of growing size: the ring at distance d holds nothing nearer than d, so the search ends when d * d passes the best.
        for (var ring = 0; ring <= MaxMove && ring * ring <= least; ring++)
        {
            for (var dy = -ring; dy <= ring; dy++)
            {
                for (var dx = -ring; dx <= ring; dx += Math.Abs(dy) == ring || ring == 0 ? 1 : 2 * ring)
                {
                    int x = wanted.X + dx, y = wanted.Y + dy, index = (y * map.Width) + x, distance = (dx * dx) + (dy * dy);
                    if (!map.Contains(x, y) || distance > MaxMove * MaxMove || !IsFree(map, buried, Tile.At(x, y), index))
                    {
                        continue;
                    }

                    if (distance < least || (distance == least && index < nearest))
                    {
                        (nearest, least) = (index, distance);
                    }
                }
            }
        }

        return nearest;
    }

    /// <summary>Walks over the free tiles and takes each with the chance of what is still wanted to what is left (selection sampling).</summary>
    private static void BuryMore(TileMap map, ulong[] buried, int already, int perThousand, ref SeededRandom random)
    {
        var left = map.MainlandTiles - already;
        var wanted = (int)Math.Min(Math.Min((((long)map.MainlandTiles * perThousand) + 500) / 1000, left), MaxTreasures - already);
        for (int index = 0, y = 0; wanted > 0 && y < map.Height; y++)
        {
            for (var x = 0; wanted > 0 && x < map.Width; x++, index++)
            {
                if (IsFree(map, buried, new Tile((ushort)x, (ushort)y), index) && random.Next(left--) < wanted)
                {
                    buried[index >> 6] |= 1UL << (index & 63);
                    wanted--;
                }
            }
        }
    }

    private static bool IsFree(TileMap map, ulong[] buried, Tile tile, int index) =>
        map.IsMainland(tile) && (buried[index >> 6] & (1UL << (index & 63))) == 0;

    private static long Draw(HuntRules rules, ref SeededRandom random)
    {
        var u = random.NextDouble();
        return rules.LeastPoints + (long)((rules.MostPoints - rules.LeastPoints + 1) * (u * u * u));
    }
}
