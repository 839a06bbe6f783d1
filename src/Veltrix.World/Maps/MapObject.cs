namespace Veltrix.World.Maps;

/// <summary>What an object of a map is for. The numbers are stored in maps: new ones are added at the end.</summary>
public enum MapObjectKind : byte
{
    Other = 0,
    Treasure = 1,
    Spawn = 2,
}

/// <summary>A named place that the map's author put on it.</summary>
/// <param name="Kind">what the rules make of it</param>
/// <param name="Name">the author's name for it, possibly empty, at most 100 characters</param>
/// <param name="Tile">the tile that holds its middle</param>
/// <param name="Points">a treasure's points where the author set them, else 0</param>
public sealed record MapObject(MapObjectKind Kind, string Name, Tile Tile, long Points = 0);
