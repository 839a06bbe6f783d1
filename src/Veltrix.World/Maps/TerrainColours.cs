namespace Veltrix.World.Maps;

/// <summary>The colour, 0xRRGGBB, that a terrain has where a map gives it none of its own.</summary>
public static class TerrainColours
{
    public static uint Of(Terrain terrain) => terrain switch
    {
        Terrain.DeepWater => 0x2F64A3,
        Terrain.ShallowWater => 0x62B1D2,
        Terrain.Sand => 0xE8D59D,
        Terrain.Grass => 0x82BA5E,
        Terrain.Wood => 0x3D7A3B,
        Terrain.Rock => 0x8B857D,
        Terrain.Path => 0xC3A172,
        Terrain.Floor => 0xCDC3B1,
        Terrain.Wall => 0x5D5249,
        Terrain.Marsh => 0x6C8A58,
        Terrain.Hill => 0xAAA45E,
        Terrain.Snow => 0xEFF3F7,
        Terrain.Lava => 0xD84A20,
        _ => 0x15171D,
    };

    /// <summary>A colour between two, <paramref name="share"/> of 256 parts of the second.</summary>
    internal static uint Mix(uint one, uint other, int share)
    {
        return (Part(16) << 16) | (Part(8) << 8) | Part(0);

        uint Part(int shift) => ((((one >> shift) & 255) * (uint)(256 - share)) + (((other >> shift) & 255) * (uint)share)) >> 8;
    }

    /// <summary>A soft colour that is the same for the same number: to tell things apart of which nothing is known.</summary>
    internal static uint Tint(ulong key)
    {
        var mixed = StableHash.Mix(key);
        uint[] wheel = [0xC9745B, 0xCBA25A, 0xA9B75C, 0x6BAF72, 0x5FA9A6, 0x6A8FC4, 0x8C7BC0, 0xB974A8, 0xB58F78, 0x8E9E96];
        return wheel[(int)(mixed % (ulong)wheel.Length)];
    }
}

/// <summary>Collects the colours of a map; the 257th and later ones become the nearest that is there.</summary>
internal sealed class Paints
{
    private readonly Dictionary<uint, byte> _indices = [];
    private readonly List<uint> _colours = [];

    public IReadOnlyList<uint> Colours => _colours;

    public byte IndexOf(uint colour)
    {
        if (_indices.TryGetValue(colour, out var known))
        {
            return known;
        }

        var index = _colours.Count < 256 ? (byte)_colours.Count : Nearest(colour);
        if (_colours.Count < 256)
        {
            _colours.Add(colour);
        }

        return _indices[colour] = index;
    }

    private byte Nearest(uint colour)
    {
        int best = 0, least = int.MaxValue;
        for (var i = 0; i < _colours.Count; i++)
        {
            int red = Apart(16, i), green = Apart(8, i), blue = Apart(0, i);
            var distance = (2 * red * red) + (4 * green * green) + (3 * blue * blue);
            if (distance < least)
            {
                (best, least) = (i, distance);
            }
        }

        return (byte)best;

        int Apart(int shift, int i) => (int)((colour >> shift) & 255) - (int)((_colours[i] >> shift) & 255);
    }
}
