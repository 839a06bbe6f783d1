using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Veltrix.World.Maps;

/// <summary>
/// A map as bytes, for the store and the wire between gateway and silo. All integers are little-endian.
/// <code>
/// "VELTRIXMAP1\n"                      12 bytes
/// name                                 u16 length, UTF-8
/// SHA-256 of the body                  32 bytes: the map's hash
/// body length                          u32
/// zlib stream of the body:
///   width, height                      u16, u16
///   palette                            u16 count, count x u32 0xRRGGBB
///   ground                             width x height x u16, row by row
///   paint                              width x height x u8
///   objects                            u32 count, each: kind u8, x u16, y u16, points i64, name u16 length + UTF-8
/// </code>
/// The name stays outside of the hash: two uploads of one map under two names are one map.
/// </summary>
public static class MapCodec
{
    private const int MaxObjects = 100_000;
    private const int MaxName = 400;

    private static ReadOnlySpan<byte> Magic => "VELTRIXMAP1\n"u8;

    public static byte[] Encode(TileMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var body = Body(map);
        var name = Encoding.UTF8.GetBytes(map.Name);
        using var stream = new MemoryStream();
        stream.Write(Magic);
        WriteUInt16(stream, (ushort)name.Length);
        stream.Write(name);
        stream.Write(SHA256.HashData(body));
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        stream.Write(length);
        using (var packed = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            packed.Write(body);
        }

        return stream.ToArray();
    }

    /// <exception cref="MapException">The bytes are no map, or their hash does not fit.</exception>
    public static TileMap Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (!bytes.StartsWith(Magic))
            {
                throw new MapException("These bytes are no stored map: they do not start with VELTRIXMAP1. Store the map again.");
            }

            bytes = bytes[Magic.Length..];
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            var name = Encoding.UTF8.GetString(bytes.Slice(2, nameLength));
            bytes = bytes[(2 + nameLength)..];
            var hash = bytes[..32];
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);
            if (length is < 0 or > (TileMap.MaxTiles * 3) + (1 << 26))
            {
                throw new MapException($"The stored map says that it has {length} bytes, more than any map has. Store the map again.");
            }

            var body = new byte[length];
            using (var packed = new ZLibStream(new MemoryStream(bytes[36..].ToArray()), CompressionMode.Decompress))
            {
                packed.ReadExactly(body);
            }

            if (!SHA256.HashData(body).AsSpan().SequenceEqual(hash))
            {
                throw new MapException("The stored map is damaged: its content does not fit its hash. Store the map again.");
            }

            return Parse(name, body);
        }
        catch (Exception broken) when (broken is ArgumentException or InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new MapException("The stored map is damaged: it ends early or has numbers that cannot be. Store the map again.", broken);
        }
    }

    internal static string HashOf(TileMap map) => Convert.ToHexStringLower(SHA256.HashData(Body(map)));

    private static byte[] Body(TileMap map)
    {
        using var body = new MemoryStream((map.GroundBits.Length * 3) + 1024);
        WriteUInt16(body, (ushort)map.Width);
        WriteUInt16(body, (ushort)map.Height);
        WriteUInt16(body, (ushort)map.Palette.Length);
        Span<byte> number = stackalloc byte[8];
        foreach (var colour in map.Palette)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, colour);
            body.Write(number[..4]);
        }

        foreach (var bits in map.GroundBits)
        {
            WriteUInt16(body, bits);
        }

        body.Write(map.Paint);
        BinaryPrimitives.WriteInt32LittleEndian(number, map.Objects.Length);
        body.Write(number[..4]);
        foreach (var item in map.Objects)
        {
            body.WriteByte((byte)item.Kind);
            WriteUInt16(body, item.Tile.X);
            WriteUInt16(body, item.Tile.Y);
            BinaryPrimitives.WriteInt64LittleEndian(number, item.Points);
            body.Write(number);
            var name = Encoding.UTF8.GetBytes(item.Name);
            WriteUInt16(body, (ushort)name.Length);
            body.Write(name);
        }

        return body.ToArray();
    }

    private static TileMap Parse(string name, ReadOnlySpan<byte> body)
    {
        int width = BinaryPrimitives.ReadUInt16LittleEndian(body), height = BinaryPrimitives.ReadUInt16LittleEndian(body[2..]);
        var colours = BinaryPrimitives.ReadUInt16LittleEndian(body[4..]);
        var palette = ImmutableArray.CreateBuilder<uint>(colours);
        for (var i = 0; i < colours; i++)
        {
            palette.Add(BinaryPrimitives.ReadUInt32LittleEndian(body[(6 + (4 * i))..]));
        }

        body = body[(6 + (4 * colours))..];
        var ground = new ushort[checked(width * height)];
        for (var i = 0; i < ground.Length; i++)
        {
            ground[i] = BinaryPrimitives.ReadUInt16LittleEndian(body[(2 * i)..]);
        }

        body = body[(2 * ground.Length)..];
        var paint = body[..ground.Length].ToArray();
        body = body[ground.Length..];
        var count = BinaryPrimitives.ReadInt32LittleEndian(body);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)MaxObjects);
        body = body[4..];
        var objects = ImmutableArray.CreateBuilder<MapObject>(count);
        for (var i = 0; i < count; i++)
        {
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(body[13..]);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(nameLength, MaxName);
            objects.Add(new MapObject(
                (MapObjectKind)body[0],
                Encoding.UTF8.GetString(body.Slice(15, nameLength)),
                new Tile(BinaryPrimitives.ReadUInt16LittleEndian(body[1..]), BinaryPrimitives.ReadUInt16LittleEndian(body[3..])),
                BinaryPrimitives.ReadInt64LittleEndian(body[5..])));
            body = body[(15 + nameLength)..];
        }

        return new TileMap(name, width, height, ground, paint, palette.MoveToImmutable(), objects.MoveToImmutable());
    }

    private static void WriteUInt16(Stream stream, ushort value)
    {
        stream.WriteByte((byte)value);
        stream.WriteByte((byte)(value >> 8));
    }
}
