using System.Collections.Immutable;

namespace Veltrix.World.Maps.Islands;

/// <summary>An island's paint: sixteen shades of each terrain's colour. Land is lit from the north west, water darkens with depth.</summary>
internal static class IslandColours
{
    private const int Shades = 16;

    public static ImmutableArray<uint> Palette { get; } =
        [.. Enum.GetValues<Terrain>().SelectMany(terrain => Enumerable.Range(0, Shades).Select(shade => Shaded(ColourOf(terrain), shade)))];

    /// <summary>The palette's index for a tile.</summary>
    /// <param name="terrain">the tile's terrain</param>
    /// <param name="height">its level</param>
    /// <param name="northWest">its north western neighbour's level</param>
    /// <param name="side">the map's shorter side: on small maps the same hill is fewer tiles wide and so steeper</param>
    public static byte PaintOf(Terrain terrain, int height, int northWest, int side)
    {
        var shade = terrain switch
        {
            Terrain.DeepWater => height * Shades / IslandGenerator.Shallows,
            Terrain.ShallowWater => Math.Clamp((height - IslandGenerator.Shallows) * Shades / (IslandGenerator.Shore - IslandGenerator.Shallows), 4, 11),
            Terrain.Wall or Terrain.Path => Shades / 2,
            _ => (Shades / 2) + ((height - northWest) * side / 65_536),
        };
        return (byte)(((int)terrain * Shades) + Math.Clamp(shade, 0, Shades - 1));
    }

    // An island's only walls are huts, seen from above.
    private static uint ColourOf(Terrain terrain) => terrain == Terrain.Wall ? 0x9A4F3C : TerrainColours.Of(terrain);

    // From three quarters of the colour to five quarters of it.
    private static uint Shaded(uint colour, int shade)
    {
        uint Part(int shift) => (uint)Math.Min(((colour >> shift) & 255) * (48 + (2 * shade)) / 64, 255);
        return (Part(16) << 16) | (Part(8) << 8) | Part(0);
    }
}
