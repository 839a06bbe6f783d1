using System.Buffers;
using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>A client's wish to take up its session on this socket.</summary>
/// <param name="Token">the resume token that came with the join</param>
/// <param name="LastSequence">the client has received all answers up to this sequence; 0 in a new session</param>
/// <param name="Attempt">
/// higher in each resume of the session than in those before, so that a recorded one is worth nothing; always 0 in JSON, which does not sign
/// </param>
public readonly record struct ResumeRequest(string Token, ulong LastSequence, ulong Attempt);

/// <summary>The first frame of a client on every socket; PROTOCOL.md has its layout.</summary>
public static class ResumeFrame
{
    private const int HeaderBytes = 20;

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>
    /// Reads a frame whose signature cannot be known yet: the token tells which key signs it. The caller finds the key and asks
    /// <see cref="FrameSigner.Verify"/> before it believes anything else in the request.
    /// </summary>
    public static FrameError TryRead(ReadOnlySpan<byte> frame, out ResumeRequest request)
    {
        request = default;
        if (frame.Length < HeaderBytes + 1 + ProtocolLimits.SignatureBytes || frame[0] != (byte)FrameType.Resume)
        {
            return FrameError.BadFrame;
        }

        var reader = new ByteReader(frame[1..^ProtocolLimits.SignatureBytes]);
        var reserved = reader.U8();
        var length = reader.U16();
        var last = reader.U64();
        var attempt = reader.U64();
        var token = reader.Bytes(length);
        if (!reader.Complete || reserved != 0 || !IsToken(token))
        {
            return FrameError.BadFrame;
        }

        request = new ResumeRequest(Encoding.ASCII.GetString(token), last, attempt);
        return FrameError.None;
    }

    /// <summary>The bytes of the frame with this token.</summary>
    public static int Measure(string token) => HeaderBytes + token.Length + ProtocolLimits.SignatureBytes;

    /// <summary>Writes and signs a frame; the destination has room for <see cref="Measure"/>.</summary>
    public static int Write(Span<byte> destination, FrameSigner signer, in ResumeRequest request)
    {
        var writer = new ByteWriter(destination);
        writer.U8((byte)FrameType.Resume);
        writer.U8(0);
        writer.U16(checked((ushort)request.Token.Length));
        writer.U64(request.LastSequence);
        writer.U64(request.Attempt);
        Encoding.ASCII.GetBytes(request.Token, destination[writer.Written..]);
        var length = Measure(request.Token);
        signer.Sign(destination[..length]);
        return length;
    }

    internal static bool IsToken(ReadOnlySpan<byte> token) =>
        token.Length is >= 1 and <= ProtocolLimits.TokenCharacters && !token.ContainsAnyExcept(TokenBytes);
}
