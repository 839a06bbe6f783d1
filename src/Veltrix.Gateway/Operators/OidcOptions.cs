using Veltrix.Gateway.Tokens;

namespace Veltrix.Gateway.Operators;

/// <summary>
/// Operators by the tokens of an OpenID Connect provider, beside keys. Read from the configuration's section Veltrix:Gateway:Oidc. Tokens are checked by the
/// provider's public keys, for issuer, audience and time; only asymmetric algorithms count.
/// </summary>
public sealed class OidcOptions
{
    /// <summary>
    /// The provider's address, such as https://login.example.com/realms/games: below it lies .well-known/openid-configuration, and tokens name it as their issuer. https, or http on
    /// this machine for a trial. By default there is none, and only keys are accepted. The gateway needs a way to it; when it is away, the last keys do for an hour.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>Whom the tokens must be for: the name that this cluster has at the provider. Without it any token of the provider would do, whomever it was made for.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that names the bearer's roles, a text or a list of texts; <c>roles</c> by default. A path such as <c>realm_access.roles</c> may lead to it.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What the provider calls those who may read; <c>veltrix-viewer</c> by default.</summary>
    public string ViewerRole { get; set; } = "veltrix-viewer";

    /// <summary>What it calls those who may run hunts; <c>veltrix-operator</c> by default.</summary>
    public string OperatorRole { get; set; } = "veltrix-operator";

    /// <summary>What it calls those who may make and revoke keys; <c>veltrix-admin</c> by default.</summary>
    public string AdminRole { get; set; } = "veltrix-admin";

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrEmpty(Authority))
        {
            if (!string.IsNullOrEmpty(Audience))
            {
                yield return "Oidc:Audience is set and Oidc:Authority is not: set Veltrix:Gateway:Oidc:Authority to the provider's address, or neither.";
            }

            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || !SigningKeys.IsSafe(authority))
        {
            yield return $"Oidc:Authority is '{Authority}': set Veltrix:Gateway:Oidc:Authority to the provider's address with https, such as https://login.example.com/realms/games.";
        }

        if (string.IsNullOrWhiteSpace(Audience))
        {
            yield return "Oidc:Audience is not set: set Veltrix:Gateway:Oidc:Audience to what the provider's tokens for this cluster have as aud.";
        }

        if (string.IsNullOrWhiteSpace(RoleClaim) || string.IsNullOrWhiteSpace(ViewerRole) || string.IsNullOrWhiteSpace(OperatorRole) || string.IsNullOrWhiteSpace(AdminRole)
            || new HashSet<string>([ViewerRole, OperatorRole, AdminRole], StringComparer.Ordinal).Count < 3)
        {
            yield return "Oidc:RoleClaim, ViewerRole, OperatorRole or AdminRole is empty, or two roles have one name: set each in Veltrix:Gateway:Oidc to what the provider's tokens say.";
        }
    }
}
