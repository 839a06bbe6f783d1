using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Veltrix.World;

namespace Veltrix.Gateway.Live;

/// <summary>
/// What changed in a picture, gathered for one message to all viewers. All numbers are little-endian, `slot` is a u16, `xy` two u16:
/// <code>
/// u8   1 a whole picture: forget all that was before; 2 changes
/// u8   0
/// u16  gone, u16 came, u16 moved        how many of each
///      gone x   slot
///      came x   slot, xy, u8 length, name in ASCII
///      moved x  slot, xy
/// </code>
/// A whole picture has everybody under came, and its counts above 65,535 never occur. Holes are a message of their own: u8 3, u8 0, u16 0, u32 count,
/// count x xy.
/// </summary>
internal sealed class LiveDelta
{
    private readonly ArrayBufferWriter<byte> _gone = new(64);
    private readonly ArrayBufferWriter<byte> _came = new(256);
    private readonly ArrayBufferWriter<byte> _moved = new(1024);
    private int _goneCount;
    private int _cameCount;
    private int _movedCount;

    public bool IsEmpty => _goneCount + _cameCount + _movedCount == 0;

    public void Clear()
    {
        _gone.ResetWrittenCount();
        _came.ResetWrittenCount();
        _moved.ResetWrittenCount();
        (_goneCount, _cameCount, _movedCount) = (0, 0, 0);
    }

    public void Gone(int slot)
    {
        WriteUInt16(_gone, slot);
        _goneCount++;
    }

    public void Came(int slot, in LivePicture.Slot player)
    {
        if (_cameCount == ushort.MaxValue)
        {
            return;
        }

        WritePlace(_came, slot, player.Tile);
        var span = _came.GetSpan(256);
        var length = Encoding.ASCII.GetBytes(player.Player.Value, span[1..]);
        span[0] = (byte)length;
        _came.Advance(1 + length);
        _cameCount++;
    }

    public void Moved(int slot, Tile tile)
    {
        WritePlace(_moved, slot, tile);
        _movedCount++;
    }

    public byte[] ToMessage(bool whole)
    {
        var message = new byte[8 + _gone.WrittenCount + _came.WrittenCount + _moved.WrittenCount];
        message[0] = whole ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(2), (ushort)_goneCount);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), (ushort)_cameCount);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)_movedCount);
        _gone.WrittenSpan.CopyTo(message.AsSpan(8));
        _came.WrittenSpan.CopyTo(message.AsSpan(8 + _gone.WrittenCount));
        _moved.WrittenSpan.CopyTo(message.AsSpan(8 + _gone.WrittenCount + _came.WrittenCount));
        return message;
    }

    public static byte[] Holes(IReadOnlyCollection<Tile> holes)
    {
        var message = new byte[8 + (4 * holes.Count)];
        message[0] = 3;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), holes.Count);
        var at = 8;
        foreach (var hole in holes)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), hole.X);
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at + 2), hole.Y);
            at += 4;
        }

        return message;
    }

    private static void WritePlace(ArrayBufferWriter<byte> writer, int slot, Tile tile)
    {
        WriteUInt16(writer, slot);
        WriteUInt16(writer, tile.X);
        WriteUInt16(writer, tile.Y);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(writer.GetSpan(2), (ushort)value);
        writer.Advance(2);
    }
}
