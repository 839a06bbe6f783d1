using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>A resume was accepted, and the answers that the client misses follow.</summary>
/// <param name="Next">the sequence that the server expects next</param>
public readonly record struct Resumed(ulong Next);

/// <summary>A resume was accepted, but the client cannot be brought up to date by answers alone.</summary>
/// <param name="Next">the sequence that the server expects next</param>
/// <param name="X">the column on which the player stands</param>
/// <param name="Y">the row on which the player stands</param>
/// <param name="Reason">why</param>
public readonly record struct Snapshot(ulong Next, ushort X, ushort Y, SnapshotReason Reason);

/// <summary>
/// The server's small frames. Each writer fills the destination's beginning and gives the frame's length; each reader says whether the bytes
/// were as PROTOCOL.md says, and throws nothing for any bytes.
/// </summary>
public static class ServerFrames
{
    /// <summary>Room that is enough for any frame of this class.</summary>
    public const int MostBytes = 6 + ProtocolLimits.SentenceBytes;

    public static int WriteResumed(Span<byte> destination, in Resumed resumed)
    {
        var writer = Begin(destination, FrameType.Resumed, 0, 0);
        writer.U64(resumed.Next);
        return writer.Written;
    }

    public static bool TryReadResumed(ReadOnlySpan<byte> frame, out Resumed resumed)
    {
        var ok = Begin(frame, FrameType.Resumed, out var reader, out _, out _);
        resumed = new Resumed(reader.U64());
        return ok && reader.Complete && resumed.Next != 0;
    }

    public static int WriteSnapshot(Span<byte> destination, in Snapshot snapshot)
    {
        var writer = Begin(destination, FrameType.Snapshot, (byte)snapshot.Reason, 0);
        writer.U64(snapshot.Next);
        writer.U16(snapshot.X);
        writer.U16(snapshot.Y);
        return writer.Written;
    }

    public static bool TryReadSnapshot(ReadOnlySpan<byte> frame, out Snapshot snapshot)
    {
        var ok = Begin(frame, FrameType.Snapshot, out var reader, out var reason, out _);
        snapshot = new Snapshot(reader.U64(), reader.U16(), reader.U16(), (SnapshotReason)reason);
        return ok && reader.Complete && snapshot.Next != 0 && snapshot.Reason is SnapshotReason.AnswersGone or SnapshotReason.FellBack;
    }

    public static int WriteHunt(Span<byte> destination, HuntState state) => Begin(destination, FrameType.Hunt, (byte)state, 0).Written;

    public static bool TryReadHunt(ReadOnlySpan<byte> frame, out HuntState state)
    {
        var ok = Begin(frame, FrameType.Hunt, out var reader, out var number, out _);
        state = (HuntState)number;
        return ok && reader.Complete && state <= HuntState.Over;
    }

    /// <summary>A sentence longer than <see cref="ProtocolLimits.SentenceBytes"/> is cut.</summary>
    public static int WriteNotice(Span<byte> destination, string sentence)
    {
        var length = WriteSentence(destination[4..], sentence);
        return Begin(destination, FrameType.Notice, 0, (ushort)length).Written + length;
    }

    public static bool TryReadNotice(ReadOnlySpan<byte> frame, out string sentence)
    {
        var ok = Begin(frame, FrameType.Notice, out var reader, out _, out var length);
        sentence = Encoding.UTF8.GetString(reader.Bytes(length));
        return ok && reader.Complete;
    }

    /// <summary>The last frame before a close; a sentence longer than <see cref="ProtocolLimits.SentenceBytes"/> is cut.</summary>
    public static int WriteError(Span<byte> destination, CloseCode code, string sentence)
    {
        var length = WriteSentence(destination[6..], sentence);
        var writer = Begin(destination, FrameType.Error, 0, (ushort)code);
        writer.U16((ushort)length);
        return writer.Written + length;
    }

    public static bool TryReadError(ReadOnlySpan<byte> frame, out CloseCode code, out string sentence)
    {
        var ok = Begin(frame, FrameType.Error, out var reader, out _, out var number);
        code = (CloseCode)number;
        sentence = Encoding.UTF8.GetString(reader.Bytes(reader.U16()));
        return ok && reader.Complete;
    }

    internal static ByteWriter Begin(Span<byte> destination, FrameType type, byte second, ushort third)
    {
        var writer = new ByteWriter(destination);
        writer.U8((byte)type);
        writer.U8(second);
        writer.U16(third);
        return writer;
    }

    internal static bool Begin(ReadOnlySpan<byte> frame, FrameType type, out ByteReader reader, out byte second, out ushort third)
    {
        reader = new ByteReader(frame);
        var ok = reader.U8() == (byte)type;
        second = reader.U8();
        third = reader.U16();
        return ok;
    }

    private static int WriteSentence(Span<byte> destination, string sentence)
    {
        // Converts whole characters only: a cut never leaves half of one behind.
        Encoding.UTF8.GetEncoder().Convert(sentence, destination[..Math.Min(destination.Length, ProtocolLimits.SentenceBytes)], true, out _, out var length, out _);
        return length;
    }
}
