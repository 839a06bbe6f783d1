namespace Veltrix.Protocol.Frames;

/// <summary>Asks for pushes of what comes into view, or for no more of them; PROTOCOL.md has its layout.</summary>
public static class WatchFrame
{
    /// <summary>The bytes of every such frame.</summary>
    public const int Bytes = 4 + ProtocolLimits.SignatureBytes;

    /// <summary>Checks a frame and reads it.</summary>
    public static FrameError TryDecode(ReadOnlySpan<byte> frame, FrameSigner signer, out bool on)
    {
        on = false;
        if (frame.Length != Bytes || frame[0] != (byte)FrameType.Watch)
        {
            return FrameError.BadFrame;
        }

        if (!signer.Verify(frame))
        {
            return FrameError.BadSignature;
        }

        on = frame[1] == 1;
        return frame[1] <= 1 && frame[2] == 0 && frame[3] == 0 ? FrameError.None : FrameError.BadFrame;
    }

    /// <summary>Writes and signs a frame into the first <see cref="Bytes"/> of the destination.</summary>
    public static int Write(Span<byte> destination, FrameSigner signer, bool on)
    {
        var frame = destination[..Bytes];
        frame.Clear();
        frame[0] = (byte)FrameType.Watch;
        frame[1] = on ? (byte)1 : (byte)0;
        signer.Sign(frame);
        return Bytes;
    }
}
