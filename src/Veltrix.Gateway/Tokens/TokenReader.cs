using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Veltrix.Gateway.Tokens;

/// <summary>What became of a token.</summary>
internal enum TokenStatus
{
    Good,
    Bad,

    /// <summary>The issuer's keys cannot be read now.</summary>
    Unclear,
}

/// <summary>
/// Checks signed tokens (JWT): signature, algorithm, issuer, audience, time. Which algorithms count follows from the kind of key and never from the token alone: a
/// public key is no secret, so a token that is "signed" with it as one is as bad as one that is not signed.
/// </summary>
internal sealed class TokenReader
{
    /// <summary>How far the clocks of issuer and gateway may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const int LongestToken = 8192;
    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly string[] Symmetric = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly string[] _algorithms;
    private readonly string _issuer;
    private readonly string _audience;
    private readonly SigningKeys? _keys;
    private readonly SymmetricSecurityKey? _key;
    private readonly TimeProvider _clock;

    /// <summary>For an issuer with public keys.</summary>
    public TokenReader(string issuer, string audience, SigningKeys keys, TimeProvider clock)
    {
        (_issuer, _audience, _keys, _clock, _algorithms) = (issuer, audience, keys, clock, Asymmetric);
    }

    /// <summary>For an issuer with whom the gateway shares a secret.</summary>
    public TokenReader(string issuer, string audience, byte[] key, TimeProvider clock)
    {
        (_issuer, _audience, _key, _clock, _algorithms) = (issuer, audience, new SymmetricSecurityKey(key), clock, Symmetric);
    }

    /// <summary>Whether a text has the form of a token, good or bad.</summary>
    public static bool IsToken(string text) => text.Length <= LongestToken && text.StartsWith("ey", StringComparison.Ordinal) && text.AsSpan().Count('.') == 2;

    /// <summary>What a token says, if it is good.</summary>
    public async ValueTask<(TokenStatus Status, JsonElement Claims)> ReadAsync(string text)
    {
        // What can be seen without the keys is looked at first: strangers cannot make the gateway ask the issuer.
        if (!IsToken(text) || Parse(text) is not { } token || !_algorithms.Contains(token.Alg, StringComparer.Ordinal)
            || !string.Equals(token.Issuer.TrimEnd('/'), _issuer.TrimEnd('/'), StringComparison.Ordinal))
        {
            return (TokenStatus.Bad, default);
        }

        IEnumerable<SecurityKey> keys;
        var issuer = _issuer;
        if (_keys is null)
        {
            keys = [_key!];
        }
        else if (await _keys.FindAsync(token.Kid) is { } known)
        {
            (keys, issuer) = (known.Keys, known.Issuer ?? _issuer);
        }
        else
        {
            return (TokenStatus.Unclear, default);
        }

        var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = _audience,
            ValidAlgorithms = _algorithms,
            IssuerSigningKeys = keys,
            RequireSignedTokens = true,
            LifetimeValidator = (from, until, _, _) => IsTime(from, until),
        });
        return result.IsValid ? (TokenStatus.Good, Claims(token)) : (TokenStatus.Bad, default);
    }

    /// <summary>The texts of a claim: one, or several of an array. A name with dots may also be a path, such as <c>realm_access.roles</c>.</summary>
    public static IEnumerable<string> TextsOf(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
        {
            value = claims;
            foreach (var part in name.Split('.'))
            {
                if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty(part, out value))
                {
                    return [];
                }
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value.EnumerateArray().Where(static item => item.ValueKind is JsonValueKind.String).Select(static item => item.GetString()!),
            _ => [],
        };
    }

    private static JsonWebToken? Parse(string text)
    {
        try
        {
            return new JsonWebToken(text);
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return null;
        }
    }

    private static JsonElement Claims(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        return payload.RootElement.Clone();
    }

    private bool IsTime(DateTime? from, DateTime? until)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return until is { } end && end > now - Skew && (from is not { } start || start <= now + Skew);
    }
}
