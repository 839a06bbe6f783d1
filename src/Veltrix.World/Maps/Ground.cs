namespace Veltrix.World.Maps;

/// <summary>What a tile is made of. The numbers are stored in maps: new ones are added at the end.</summary>
public enum Terrain : byte
{
    Void = 0,
    DeepWater = 1,
    ShallowWater = 2,
    Sand = 3,
    Grass = 4,
    Wood = 5,
    Rock = 6,
    Path = 7,
    Floor = 8,
    Wall = 9,
    Marsh = 10,
    Hill = 11,
    Snow = 12,
    Lava = 13,
}

/// <summary>
/// One tile's rules in two bytes: what it is made of, whether it blocks a player, whether it hides what is behind it, and what a step
/// onto it costs, in tenths of a step on plain ground (10 is plain, 1 to 255; blocked ground has a cost too, which nobody pays).
/// </summary>
public readonly record struct Ground
{
    private const int BlocksBit = 1 << 5;
    private const int HidesBit = 1 << HidesShift;

    /// <summary>The place of the bit that hides, for readers that look at many tiles at once.</summary>
    internal const int HidesShift = 6;

    /// <summary>The cost of a step on plain ground.</summary>
    public const int PlainCost = 10;

    public Ground(Terrain terrain, bool blocks, bool hides, int cost = PlainCost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost, 255);
        Bits = (ushort)((int)terrain | (blocks ? BlocksBit : 0) | (hides ? HidesBit : 0) | (cost << 8));
    }

    private Ground(ushort bits) => Bits = bits;

    /// <summary>Bits 0-4 the terrain, 5 blocks, 6 hides, 8-15 the cost: as stored in memory and in the map format.</summary>
    public ushort Bits { get; }

    public Terrain Terrain => (Terrain)(Bits & 31);

    public bool Blocks => (Bits & BlocksBit) != 0;

    public bool Hides => (Bits & HidesBit) != 0;

    public int Cost => Bits >> 8;

    public static Ground FromBits(ushort bits) => new(bits);
}
