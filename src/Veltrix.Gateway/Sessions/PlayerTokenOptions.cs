using Veltrix.Gateway.Tokens;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// Players by tokens (JWT) that the organiser's own backend signs, beside the player tokens that operators make here. Read from the configuration's section
/// Veltrix:Gateway:PlayerTokens. By default there are none. A token needs <c>iss</c>, <c>aud</c>, <c>exp</c>, the player and the hunt; what it must be is said in /protocol.
/// </summary>
public sealed class PlayerTokenOptions
{
    /// <summary>Who signs the tokens: what they have as <c>iss</c>. Setting it turns such tokens on.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom they are for: what they have as <c>aud</c>. Choose a name for this cluster, so that a token for another service is no good here.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// A secret that backend and gateways share: at least 32 random bytes in base64, for HS256, HS384 or HS512. Give it in the environment
    /// (Veltrix__Gateway__PlayerTokens__Key), the same to all gateways. This or <see cref="JwksUrl"/>. It is simpler; but a gateway that is broken into could make tokens.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// Where the backend's public keys are (a JSON Web Key Set), with https, or http on this machine for a trial; for RS, PS and ES algorithms. They are read again every ten minutes and
    /// when a token names a new one; when the address is away, the last ones do for an hour.
    /// </summary>
    public string? JwksUrl { get; set; }

    /// <summary>The claim that holds the player's name, 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'; <c>sub</c> by default.</summary>
    public string PlayerClaim { get; set; } = "sub";

    /// <summary>The claim that names the hunt, or a list of hunts, that the player may join; <c>hunt</c> by default.</summary>
    public string HuntClaim { get; set; } = "hunt";

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrEmpty(Issuer))
        {
            if (!string.IsNullOrEmpty(Key) || !string.IsNullOrEmpty(JwksUrl) || !string.IsNullOrEmpty(Audience))
            {
                yield return "PlayerTokens:Issuer is not set and other settings of it are: set Veltrix:Gateway:PlayerTokens:Issuer to what the tokens have as iss, or none of them.";
            }

            yield break;
        }

        if (string.IsNullOrWhiteSpace(Audience))
        {
            yield return "PlayerTokens:Audience is not set: set Veltrix:Gateway:PlayerTokens:Audience to what the tokens have as aud.";
        }

        if (string.IsNullOrEmpty(Key) == string.IsNullOrEmpty(JwksUrl))
        {
            yield return "PlayerTokens needs either Key or JwksUrl: set one of Veltrix:Gateway:PlayerTokens:Key, a shared secret in base64, and Veltrix:Gateway:PlayerTokens:JwksUrl, where public keys are.";
        }
        else if (!string.IsNullOrEmpty(Key) && KeyBytes() is null)
        {
            yield return "PlayerTokens:Key is not 32 or more random bytes in base64: make it with `openssl rand -base64 32`, and give it to the backend and to all gateways.";
        }
        else if (!string.IsNullOrEmpty(JwksUrl) && (!Uri.TryCreate(JwksUrl, UriKind.Absolute, out var url) || !SigningKeys.IsSafe(url)))
        {
            yield return $"PlayerTokens:JwksUrl is '{JwksUrl}': set Veltrix:Gateway:PlayerTokens:JwksUrl to an address with https, such as https://game.example.com/keys.json.";
        }

        if (string.IsNullOrWhiteSpace(PlayerClaim) || string.IsNullOrWhiteSpace(HuntClaim))
        {
            yield return "PlayerTokens:PlayerClaim or HuntClaim is empty: set them in Veltrix:Gateway:PlayerTokens to the claims that name player and hunt, such as sub and hunt.";
        }
    }

    /// <summary>The secret; null when it is too short, not base64, or was plainly typed by somebody.</summary>
    internal byte[]? KeyBytes()
    {
        var bytes = new byte[Key?.Length ?? 0];
        return Convert.TryFromBase64String(Key ?? "", bytes, out var length) && length >= 32 && bytes.Take(length).Distinct().Count() >= 16 ? bytes[..length] : null;
    }
}
