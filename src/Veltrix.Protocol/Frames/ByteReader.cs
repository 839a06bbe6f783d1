using System.Buffers.Binary;

namespace Veltrix.Protocol.Frames;

/// <summary>
/// Reads little-endian numbers one after the other. Reading past the end gives zeros and sets <see cref="Failed"/>, so that a reader of a frame
/// checks once, at its end.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    public bool Failed { get; private set; }

    /// <summary>Whether every byte was read, and none beyond.</summary>
    public readonly bool Complete => !Failed && _rest.IsEmpty;

    public byte U8()
    {
        var bytes = Bytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public ushort U16()
    {
        var bytes = Bytes(2);
        return bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint U32()
    {
        var bytes = Bytes(4);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong U64()
    {
        var bytes = Bytes(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public long I64() => unchecked((long)U64());

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (_rest.Length < count)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
