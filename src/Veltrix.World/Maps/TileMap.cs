using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Veltrix.World.Maps;

/// <summary>
/// An immutable grid of tiles. It is shared by all that plays on it and is known by its content's hash. A tile costs 3 1/8 bytes:
/// two of <see cref="Ground"/>, one of paint, one bit that tells whether it belongs to the largest connected part.
/// </summary>
public sealed class TileMap
{
    /// <summary>The longest side of a map, in tiles: coordinates are 16 bits wide.</summary>
    public const int MaxSide = 16_384;

    /// <summary>The most tiles of a map: 64 Mi tiles are 200 MB in memory.</summary>
    public const int MaxTiles = 64 * 1024 * 1024;

    private readonly ushort[] _ground;
    private readonly byte[] _paint;
    private readonly ulong[] _mainland;

    /// <param name="name">what people call the map, at most 100 characters; it is no part of the hash</param>
    /// <param name="width">columns</param>
    /// <param name="height">rows</param>
    /// <param name="ground">one entry a tile, row by row; the map keeps the array</param>
    /// <param name="paint">one entry a tile, an index into <paramref name="palette"/>; the map keeps the array</param>
    /// <param name="palette">1 to 256 colours, 0xRRGGBB</param>
    /// <param name="objects">what the author put on the map</param>
    public TileMap(
        string name, int width, int height, ushort[] ground, byte[] paint, ImmutableArray<uint> palette, ImmutableArray<MapObject> objects)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ground.Length, checked(width * height));
        ArgumentOutOfRangeException.ThrowIfNotEqual(paint.Length, ground.Length);
        Name = name;
        Width = width;
        Height = height;
        _ground = ground;
        _paint = paint;
        Palette = palette;
        Objects = objects;
        var parts = MapParts.Of(ground, width);
        _mainland = parts.Largest;
        OpenTiles = parts.OpenTiles;
        Parts = parts.Count;
        MainlandTiles = parts.LargestTiles;
        LeastCost = parts.LeastCost;
        Hash = MapCodec.HashOf(this);
    }

    public string Name { get; }

    public int Width { get; }

    public int Height { get; }

    public ImmutableArray<uint> Palette { get; }

    public ImmutableArray<MapObject> Objects { get; }

    /// <summary>SHA-256 over the map's canonical bytes (<see cref="MapCodec"/>), as 64 lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>How many tiles a player can stand on.</summary>
    public int OpenTiles { get; }

    /// <summary>How many parts the open ground falls into, with the steps that the rules of movement allows.</summary>
    public int Parts { get; }

    /// <summary>How many tiles the largest of the parts has.</summary>
    public int MainlandTiles { get; }

    /// <summary>The least <see cref="Ground.Cost"/> of all open ground: no step is cheaper; 255 where nothing is open.</summary>
    public int LeastCost { get; }

    /// <summary>The rows of ground, as <see cref="Ground.Bits"/>.</summary>
    public ReadOnlySpan<ushort> GroundBits => _ground;

    public ReadOnlySpan<byte> Paint => _paint;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int x, int y) => (uint)x < (uint)Width && (uint)y < (uint)Height;

    public bool Contains(Tile tile) => Contains(tile.X, tile.Y);

    /// <summary>The ground at a tile of the map.</summary>
    public Ground this[int x, int y] => Ground.FromBits(_ground[(y * Width) + x]);

    public Ground this[Tile tile] => this[tile.X, tile.Y];

    /// <summary>Whether a player can stand on the tile; false outside of the map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOpen(int x, int y) => Contains(x, y) && !this[x, y].Blocks;

    public bool IsOpen(Tile tile) => IsOpen(tile.X, tile.Y);

    /// <summary>Whether the tile's view is blocked; true outside of the map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Hides(int x, int y) => !Contains(x, y) || this[x, y].Hides;

    /// <summary>Whether the tile belongs to the largest connected part: players spawn there, treasures are placed there.</summary>
    public bool IsMainland(Tile tile)
    {
        if (!Contains(tile))
        {
            return false;
        }

        var index = (tile.Y * Width) + tile.X;
        return (_mainland[index >> 6] & (1UL << (index & 63))) != 0;
    }

    /// <summary>The tile of the largest connected part with the given number, counted row by row from 0.</summary>
    public Tile MainlandTile(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)MainlandTiles);
        var word = 0;
        for (int tiles; number >= (tiles = BitOperations.PopCount(_mainland[word])); word++)
        {
            number -= tiles;
        }

        var bits = _mainland[word];
        for (; number > 0; number--)
        {
            bits &= bits - 1;
        }

        var index = (word * 64) + BitOperations.TrailingZeroCount(bits);
        return Tile.At(index % Width, index / Width);
    }
}
