namespace Veltrix.World.Maps.Islands;

/// <summary>
/// Puts villages on an island, each a clearing with a few huts, and paths between them: all paths follow the cheapest walks to the first
/// village, so that they meet on the way.
/// </summary>
internal sealed class Villages
{
    private const int Clearing = 5;
    private const int Tries = 200;

    private static readonly string[] Beginnings =
        ["Ash", "Birch", "Black", "Cold", "Deer", "East", "Fern", "Gull", "Heron", "Lime", "Moss", "Oak", "Otter", "Reed", "Stone", "Winter"];

    private static readonly string[] Ends =
        ["bay", "bridge", "brook", "by", "cliff", "field", "ford", "gate", "ham", "haven", "mead", "moor", "stead", "ton", "well", "wick"];

    private readonly int _width;
    private readonly Terrain[] _terrain;
    private readonly ushort[] _crags;
    private readonly ulong[] _mainland;

    /// <param name="terrain">the island; villages and paths are drawn into it</param>
    /// <param name="crags">how rough it is to tread, from 0 to <see cref="Field.Top"/></param>
    /// <param name="width">its columns</param>
    /// <param name="mainland">one bit a tile: where people live</param>
    public Villages(Terrain[] terrain, ushort[] crags, int width, ulong[] mainland)
    {
        _terrain = terrain;
        _crags = crags;
        _width = width;
        _mainland = mainland;
    }

    /// <summary>Founds villages, at most as many as wanted, and connects them.</summary>
    /// <returns>one spawn point in each, in the order of their founding</returns>
    public List<MapObject> Found(int wanted, ref SeededRandom random)
    {
        // At least half as far apart as if they were spread evenly.
        var apart = _terrain.Length / wanted / 4;
        var places = new List<Tile>();
        for (var i = 0; i < wanted; i++)
        {
            if (Place(places, apart, ref random) is { } place)
            {
                places.Add(place);
            }
        }

        if (places.Count == 0)
        {
            return [];
        }

        var names = new HashSet<string>();
        foreach (var place in places)
        {
            Clear(place);
        }

        Connect(places);
        foreach (var place in places)
        {
            BuildHuts(place, ref random);
        }

        var found = new List<MapObject>();
        foreach (var place in places)
        {
            var name = Beginnings[random.Next(Beginnings.Length)] + Ends[random.Next(Ends.Length)];
            found.Add(new MapObject(MapObjectKind.Spawn, names.Add(name) ? name : "New " + name, place));
        }

        return found;
    }

    private bool IsMainland(int tile) => (_mainland[tile >> 6] & (1UL << (tile & 63))) != 0;

    private int IndexOf(Tile tile) => (tile.Y * _width) + tile.X;

    private Tile? Place(List<Tile> places, int apart, ref SeededRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var index = random.Next(_terrain.Length);
            var tile = Tile.At(index % _width, index / _width);
            if (IsMainland(index) && _terrain[index] is Terrain.Grass && places.TrueForAll(other => other.SquaredDistanceTo(tile) >= apart))
            {
                return tile;
            }
        }

        return null;
    }

    private void Clear(Tile place)
    {
        for (var dy = -Clearing; dy <= Clearing; dy++)
        {
            for (var dx = -Clearing; dx <= Clearing; dx++)
            {
                int index = IndexOf(place) + (dy * _width) + dx, distance = (dx * dx) + (dy * dy);
                if (distance <= Clearing * Clearing && (uint)index < (uint)_terrain.Length
                    && _terrain[index] is Terrain.Wood or Terrain.Marsh or Terrain.Hill or Terrain.Grass)
                {
                    _terrain[index] = distance <= 2 ? Terrain.Path : Terrain.Grass;
                }
            }
        }
    }

    private void BuildHuts(Tile place, ref SeededRandom random)
    {
        for (var i = 0; i < 12; i++)
        {
            var corner = IndexOf(place) + (random.Between(-Clearing, Clearing - 1) * _width) + random.Between(-Clearing, Clearing - 1);
            if (HasRoom(corner))
            {
                _terrain[corner] = _terrain[corner + 1] = _terrain[corner + _width] = _terrain[corner + _width + 1] = Terrain.Wall;
            }
        }
    }

    // Grass all around a hut: whoever came through its place walks around it, so no hut cuts ground off.
    private bool HasRoom(int corner)
    {
        for (var dy = -1; dy <= 2; dy++)
        {
            for (var dx = -1; dx <= 2; dx++)
            {
                var index = corner + (dy * _width) + dx;
                if ((uint)index >= (uint)_terrain.Length || _terrain[index] != Terrain.Grass)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Connect(List<Tile> places)
    {
        var walks = new PathSearch(_terrain, _crags, _width).From(IndexOf(places[0]), [.. places.Select(IndexOf)]);
        var first = IndexOf(places[0]);
        foreach (var place in places)
        {
            for (var at = IndexOf(place); at != first; at = walks[at])
            {
                if (walks[at] < 0)
                {
                    break;
                }

                _terrain[at] = Terrain.Path;
            }
        }
    }
}
