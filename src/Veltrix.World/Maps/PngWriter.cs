using System.Buffers.Binary;
using System.IO.Compression;

namespace Veltrix.World.Maps;

/// <summary>
/// Writes 8-bit RGB pictures as PNG (ISO/IEC 15948): a signature, then chunks of length, type, data and CRC-32. Rows go in one by
/// one, each with filter "up" (2), which leaves little of a picture whose tiles are several pixels high.
/// </summary>
internal sealed class PngWriter : IDisposable
{
    private static readonly uint[] Table = CreateTable();

    private readonly MemoryStream _out = new();
    private readonly MemoryStream _data = new();
    private readonly ZLibStream _packed;
    private readonly byte[] _line;
    private readonly byte[] _above;

    public PngWriter(int width, int height)
    {
        _packed = new ZLibStream(_data, CompressionLevel.Optimal, leaveOpen: true);
        _line = new byte[(width * 3) + 1];
        _above = new byte[width * 3];
        _out.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], height);
        head[8] = 8;
        head[9] = 2;
        Chunk("IHDR"u8, head);
    }

    /// <param name="row">red, green and blue of each pixel</param>
    public void Row(ReadOnlySpan<byte> row)
    {
        _line[0] = 2;
        for (var i = 0; i < row.Length; i++)
        {
            _line[i + 1] = (byte)(row[i] - _above[i]);
        }

        row.CopyTo(_above);
        _packed.Write(_line);
    }

    public byte[] Finish()
    {
        _packed.Dispose();
        Chunk("IDAT"u8, _data.GetBuffer().AsSpan(0, (int)_data.Length));
        Chunk("IEND"u8, []);
        return _out.ToArray();
    }

    public void Dispose()
    {
        _packed.Dispose();
        _data.Dispose();
        _out.Dispose();
    }

    private void Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        _out.Write(number);
        _out.Write(type);
        _out.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        _out.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var unit in bytes)
        {
            crc = Table[(crc ^ unit) & 255] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
