using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Veltrix.Protocol;

namespace Veltrix.Gateway.Sessions;

/// <summary>Who plays where, in which session.</summary>
internal readonly record struct Seat(HuntId Hunt, PlayerId Player, SessionId Session);

/// <summary>
/// Session keys, resume tokens, player tokens and operators' sign-ins, all derived from the gateway's one secret: nothing is stored, and any gateway with the same
/// secret takes any session. A token is a prefix and, in base64url, what it says followed by the HMAC-SHA256 of a label and of what it says.
/// The labels keep one kind from passing for another.
/// </summary>
internal sealed class Credentials(IOptions<GatewayOptions> options)
{
    private const string ResumePrefix = "vrs_";
    private const string PlayerPrefix = "vpl_";
    private const string SignInPrefix = "vsi_";
    private const int MacBytes = HMACSHA256.HashSizeInBytes;
    private const int SessionBytes = 16;
    private const int ExpiryBytes = 8;
    private const int MostPayload = SessionBytes + 80;
    private readonly byte[] _secret = [.. options.Value.Secret];

    /// <summary>Writes the session's signing key, <see cref="ProtocolLimits.KeyBytes"/> bytes.</summary>
    public void SessionKey(SessionId session, Span<byte> key)
    {
        Span<byte> id = stackalloc byte[SessionBytes];
        session.Value.TryWriteBytes(id, bigEndian: true, out _);
        Mac("veltrix session key"u8, id, key);
    }

    public string ResumeToken(in Seat seat)
    {
        Span<byte> payload = stackalloc byte[MostPayload];
        seat.Session.Value.TryWriteBytes(payload, bigEndian: true, out _);
        var length = SessionBytes + Place(payload[SessionBytes..], seat.Hunt, seat.Player);
        return Token(ResumePrefix, "veltrix resume token"u8, payload[..length]);
    }

    public bool TryReadResume(string token, out Seat seat)
    {
        seat = default;
        Span<byte> payload = stackalloc byte[MostPayload];
        if (!TryRead(token, ResumePrefix, "veltrix resume token"u8, payload, out var length) || length <= SessionBytes
            || !TryPlace(payload[SessionBytes..length], out var hunt, out var player))
        {
            return false;
        }

        seat = new Seat(hunt, player, new SessionId(new Guid(payload[..SessionBytes], bigEndian: true)));
        return true;
    }

    public string PlayerToken(HuntId hunt, PlayerId player, DateTimeOffset expires)
    {
        Span<byte> payload = stackalloc byte[MostPayload];
        BinaryPrimitives.WriteInt64LittleEndian(payload, expires.ToUnixTimeSeconds());
        var length = ExpiryBytes + Place(payload[ExpiryBytes..], hunt, player);
        return Token(PlayerPrefix, "veltrix player token"u8, payload[..length]);
    }

    public bool TryReadPlayer(string token, DateTimeOffset now, out HuntId hunt, out PlayerId player)
    {
        (hunt, player) = (default, default);
        Span<byte> payload = stackalloc byte[MostPayload];
        return TryRead(token, PlayerPrefix, "veltrix player token"u8, payload, out var length) && length > ExpiryBytes
            && BinaryPrimitives.ReadInt64LittleEndian(payload) > now.ToUnixTimeSeconds()
            && TryPlace(payload[ExpiryBytes..length], out hunt, out player);
    }

    /// <summary>What a browser keeps of an operator who signed in with a key.</summary>
    public string SignIn(string key, DateTimeOffset expires)
    {
        Span<byte> payload = stackalloc byte[MostPayload];
        BinaryPrimitives.WriteInt64LittleEndian(payload, expires.ToUnixTimeSeconds());
        var length = ExpiryBytes + Encoding.ASCII.GetBytes(key, payload[ExpiryBytes..]);
        return Token(SignInPrefix, "veltrix operator sign-in"u8, payload[..length]);
    }

    public bool TryReadSignIn(string token, DateTimeOffset now, out string key)
    {
        key = "";
        Span<byte> payload = stackalloc byte[MostPayload];
        if (!TryRead(token, SignInPrefix, "veltrix operator sign-in"u8, payload, out var length) || length <= ExpiryBytes
            || BinaryPrimitives.ReadInt64LittleEndian(payload) <= now.ToUnixTimeSeconds())
        {
            return false;
        }

        key = Encoding.ASCII.GetString(payload[ExpiryBytes..length]);
        return true;
    }

    private static int Place(Span<byte> destination, HuntId hunt, PlayerId player) =>
        Encoding.ASCII.GetBytes($"{hunt.Value}/{player.Value}", destination);

    private static bool TryPlace(ReadOnlySpan<byte> place, out HuntId hunt, out PlayerId player)
    {
        player = default;
        var slash = place.IndexOf((byte)'/');
        return HuntId.TryParse(slash < 0 ? null : Encoding.ASCII.GetString(place[..slash]), out hunt)
            && PlayerId.TryParse(Encoding.ASCII.GetString(place[(slash + 1)..]), out player);
    }

    private string Token(string prefix, ReadOnlySpan<byte> label, ReadOnlySpan<byte> payload)
    {
        Span<byte> signed = stackalloc byte[payload.Length + MacBytes];
        payload.CopyTo(signed);
        Mac(label, payload, signed[payload.Length..]);
        return prefix + Base64Url.EncodeToString(signed);
    }

    private bool TryRead(string token, string prefix, ReadOnlySpan<byte> label, Span<byte> payload, out int length)
    {
        length = 0;
        Span<byte> signed = stackalloc byte[MostPayload + MacBytes];
        if (!token.StartsWith(prefix, StringComparison.Ordinal) || token.Length > ProtocolLimits.TokenCharacters
            || !Base64Url.IsValid(token.AsSpan(prefix.Length), out var bytes) || bytes <= MacBytes || bytes > signed.Length
            || !Base64Url.TryDecodeFromChars(token.AsSpan(prefix.Length), signed, out bytes))
        {
            return false;
        }

        length = bytes - MacBytes;
        Span<byte> mac = stackalloc byte[MacBytes];
        Mac(label, signed[..length], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, signed[length..bytes]))
        {
            return false;
        }

        signed[..length].CopyTo(payload);
        return true;
    }

    private void Mac(ReadOnlySpan<byte> label, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        Span<byte> labelled = stackalloc byte[label.Length + message.Length];
        label.CopyTo(labelled);
        message.CopyTo(labelled[label.Length..]);
        HMACSHA256.HashData(_secret, labelled, mac);
    }
}
