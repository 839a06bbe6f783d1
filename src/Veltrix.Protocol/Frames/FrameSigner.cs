using System.Security.Cryptography;

namespace Veltrix.Protocol.Frames;

/// <summary>
/// Signs and checks one session's frames: the first 16 bytes of HMAC-SHA256 under the session's key. For one thread at a time.
/// </summary>
/// <remarks>
/// It holds a keyed native hash: 1.2 KB for each open socket, against 1.2 µs instead of 2.9 µs a frame with the static method, which keeps
/// nothing (measured with 25-byte messages). A socket costs several times that in buffers, so the time wins. Make it when a socket opens,
/// dispose it when the socket closes.
/// </remarks>
public sealed class FrameSigner : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <param name="key">the session's key, 32 bytes; it is copied</param>
    public FrameSigner(ReadOnlySpan<byte> key)
    {
        if (key.Length != ProtocolLimits.KeyBytes)
        {
            throw new ArgumentException($"A session's key has {ProtocolLimits.KeyBytes} bytes, not {key.Length}.", nameof(key));
        }

        _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
    }

    /// <summary>Writes the signature of all but the frame's last 16 bytes into these.</summary>
    public void Sign(Span<byte> frame)
    {
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        var signed = frame.Length - ProtocolLimits.SignatureBytes;
        _hash.AppendData(frame[..signed]);
        _hash.GetHashAndReset(full);
        full[..ProtocolLimits.SignatureBytes].CopyTo(frame[signed..]);
    }

    /// <summary>Whether the frame's last 16 bytes sign the rest; takes the same time wherever they differ.</summary>
    public bool Verify(ReadOnlySpan<byte> frame)
    {
        var signed = frame.Length - ProtocolLimits.SignatureBytes;
        if (signed < 0)
        {
            return false;
        }

        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.AppendData(frame[..signed]);
        _hash.GetHashAndReset(full);
        return CryptographicOperations.FixedTimeEquals(full[..ProtocolLimits.SignatureBytes], frame[signed..]);
    }

    public void Dispose() => _hash.Dispose();
}
