using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>
/// Where players start: around the map's spawn points where it has some on its largest part, else anywhere on that part, each tile as
/// likely. Players who share a spawn point are spread over the tiles within <see cref="Spread"/> steps' walk of it.
/// </summary>
public static class Spawns
{
    /// <summary>How far from its spawn point a player may start, in steps: 8 gives room for about 200 players a point.</summary>
    public const int Spread = 8;

    // A map with one open tile in a hundred needs 100 tries on average, and more than 1,024 once in 30,000 spawns.
    private const int Tries = 1024;

    /// <summary>Why nobody can start on the map, in a sentence; null when players can. To be asked before a hunt is made.</summary>
    public static string? Problem(TileMap map) => map.MainlandTiles > 0
        ? null
        : $"Map {map.Name} has no open ground to stand on: let some of its tiles be walkable.";

    /// <summary>A player's first tile: a function of map, seed and name alone.</summary>
    /// <exception cref="MapException">The map has no open ground.</exception>
    public static Tile For(TileMap map, ulong seed, string player)
    {
        if (Problem(map) is { } problem)
        {
            throw new MapException(problem);
        }

        var random = new SeededRandom(StableHash.Combine(seed, StableHash.Of(player)));
        return PointOf(map, ref random) is { } point ? Around(map, point, ref random) : Anywhere(map, ref random);
    }

    private static Tile? PointOf(TileMap map, ref SeededRandom random)
    {
        var points = 0;
        foreach (var item in map.Objects)
        {
            points += IsPoint(map, item) ? 1 : 0;
        }

        if (points == 0)
        {
            return null;
        }

        var chosen = random.Next(points);
        foreach (var item in map.Objects)
        {
            if (IsPoint(map, item) && chosen-- == 0)
            {
                return item.Tile;
            }
        }

        return null;
    }

    private static bool IsPoint(TileMap map, MapObject item) => item.Kind == MapObjectKind.Spawn && map.IsMainland(item.Tile);

    private static Tile Around(TileMap map, Tile point, ref SeededRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            int x = point.X + random.Between(-Spread, Spread), y = point.Y + random.Between(-Spread, Spread);
            if (map.IsOpen(x, y) && Movement.Judge(map, point, Tile.At(x, y), Spread, out _) == MoveVerdict.Ok)
            {
                return Tile.At(x, y);
            }
        }

        return point;
    }

    private static Tile Anywhere(TileMap map, ref SeededRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var tile = Tile.At(random.Next(map.Width), random.Next(map.Height));
            if (map.IsMainland(tile))
            {
                return tile;
            }
        }

        return map.MainlandTile(random.Next(map.MainlandTiles));
    }
}
