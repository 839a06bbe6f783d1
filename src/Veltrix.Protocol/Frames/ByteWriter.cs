using System.Buffers.Binary;
using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>Writes little-endian numbers one after the other into a span that the caller knows to be long enough.</summary>
internal ref struct ByteWriter(Span<byte> bytes)
{
    private readonly Span<byte> _bytes = bytes;

    public int Written { get; private set; }

    public void U8(byte value) => _bytes[Written++] = value;

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes[Written..], value);
        Written += 2;
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes[Written..], value);
        Written += 4;
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes[Written..], value);
        Written += 8;
    }

    public void I64(long value) => U64(unchecked((ulong)value));

    public void Total(int value) => U16((ushort)Math.Clamp(value, 0, ushort.MaxValue));

    /// <summary>A length byte and the text in UTF-8: for names, which are short.</summary>
    public void Name(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _bytes[(Written + 1)..]);
        _bytes[Written] = checked((byte)length);
        Written += 1 + length;
    }

    /// <summary>A two-byte length and the text in UTF-8.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _bytes[(Written + 2)..]);
        U16(checked((ushort)length));
        Written += length;
    }
}
