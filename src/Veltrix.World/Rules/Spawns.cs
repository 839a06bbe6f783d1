using Veltrix.World.Maps;

namespace Veltrix.World.Rules;

/// <summary>Where players start: on the map's spawn points where it has some on its largest part, else anywhere on that part.</summary>
public static class Spawns
{
    /// <summary>A player's first tile: a function of map, seed and name alone.</summary>
    public static Tile For(TileMap map, ulong seed, string player) => throw new NotSupportedException();
}
