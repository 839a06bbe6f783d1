using System.Collections.Immutable;

namespace Veltrix.World.Maps.Islands;

/// <summary>An island's paint: sixteen shades of each terrain's colour. Land is lit from the north west, water darkens with depth.</summary>
internal static class IslandColours
{
    private const int Shades = 16;

    private static readonly ImmutableArray<uint> Colours =
    [
        0x101018, // void
        0x2B5F8C, // deep water
        0x5FA9C4, // shallow water
        0xE3D3A0, // sand
        0x86B35A, // grass
        0x4B8245, // wood
        0x8A8580, // rock
        0xC9A86B, // path
        0xBFB8A8, // floor
        0x9A4F3C, // wall: the roof of a hut
        0x7B9A6B, // marsh
        0xA3A463, // hill
        0xF2F5F7, // snow
        0xD9541E, // lava
    ];

    public static ImmutableArray<uint> Palette { get; } =
        [.. Colours.SelectMany(colour => Enumerable.Range(0, Shades).Select(shade => Shaded(colour, shade)))];

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

    // From three quarters of the colour to five quarters of it.
    private static uint Shaded(uint colour, int shade)
    {
        uint Part(int shift) => (uint)Math.Min(((colour >> shift) & 255) * (48 + (2 * shade)) / 64, 255);
        return (Part(16) << 16) | (Part(8) << 8) | Part(0);
    }
}
