using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Tokens;

namespace Veltrix.Gateway.Operators;

/// <summary>Knows operators by the tokens of the provider that the settings name.</summary>
internal sealed class OperatorTokens(IOptions<GatewayOptions> options, TimeProvider clock, ILogger<OperatorTokens> logger)
{
    private static readonly OperatorFinding Unclear = new(
        null, new Problem(ProblemKind.IssuerAway, "The issuer of operators' tokens does not answer, so this token cannot be checked. Try again, or use an operator key.", retryAfter: 10));

    private readonly OidcOptions _oidc = options.Value.Oidc;
    private readonly TokenReader? _reader = string.IsNullOrEmpty(options.Value.Oidc.Authority)
        ? null
        : new TokenReader(
            options.Value.Oidc.Authority,
            options.Value.Oidc.Audience!,
            new SigningKeys(SigningKeys.DescriptionOf(new Uri(options.Value.Oidc.Authority)), clock, logger),
            clock);

    public async ValueTask<OperatorFinding> FindAsync(string token)
    {
        if (_reader is null)
        {
            return OperatorFinding.Stranger;
        }

        var (status, claims) = await _reader.ReadAsync(token);
        if (status is not TokenStatus.Good)
        {
            return status is TokenStatus.Unclear ? Unclear : OperatorFinding.Stranger;
        }

        var subject = TokenReader.TextsOf(claims, "sub").FirstOrDefault() ?? "";
        var name = TokenReader.TextsOf(claims, "name").Concat(TokenReader.TextsOf(claims, "preferred_username")).FirstOrDefault() ?? subject;
        return RoleOf([.. TokenReader.TextsOf(claims, _oidc.RoleClaim)]) is { } role
            ? OperatorFinding.Of(new OperatorIdentity($"{_oidc.Authority}#{subject}", name, role))
            : new OperatorFinding(null, new Problem(
                ProblemKind.RoleTooSmall,
                $"The token is good and gives no role here: its claim {_oidc.RoleClaim} needs {_oidc.ViewerRole}, {_oidc.OperatorRole} or {_oidc.AdminRole}. Ask whoever runs its issuer."));
    }

    private OperatorRole? RoleOf(string[] names) =>
        names.Contains(_oidc.AdminRole, StringComparer.Ordinal) ? OperatorRole.Admin
        : names.Contains(_oidc.OperatorRole, StringComparer.Ordinal) ? OperatorRole.Operator
        : names.Contains(_oidc.ViewerRole, StringComparer.Ordinal) ? OperatorRole.Viewer
        : null;
}
