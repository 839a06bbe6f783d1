using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Operators;

/// <summary>An operator whom this gateway recognized.</summary>
/// <param name="Id">the key's id, or the token's issuer and subject</param>
/// <param name="Name">what the key or the token says of its bearer; for people</param>
/// <param name="Role">what they may do</param>
internal sealed record OperatorIdentity(string Id, string Name, OperatorRole Role);

/// <summary>What became of a request's credentials: an operator, or a refusal for whoever needs one.</summary>
/// <param name="Operator">the operator; null: none</param>
/// <param name="Refusal">why there is none</param>
internal sealed record OperatorFinding(OperatorIdentity? Operator, Problem Refusal)
{
    /// <summary>The request brings no credentials of an operator.</summary>
    public static readonly OperatorFinding Nobody = new(
        null, new Problem(ProblemKind.OperatorOnly, "Send the header Authorization: Bearer, with an operator key, vop_..., or a token of the issuer that this gateway trusts."));

    /// <summary>It brings some that are not, or no longer, good.</summary>
    public static readonly OperatorFinding Stranger = new(
        null, new Problem(ProblemKind.OperatorOnly, "The operator's key or token is unknown, revoked or expired. Send one that this gateway accepts as Authorization: Bearer."));

    /// <summary>Whether they are good cannot be told now.</summary>
    public static readonly OperatorFinding Unclear = new(
        null, new Problem(ProblemKind.Unavailable, "The cluster does not answer, so this key cannot be checked. Keys of the gateways' environment are still accepted.", retryAfter: 2));

    /// <summary>The request's address has sent too many that were not good.</summary>
    public static readonly OperatorFinding TooMany = new(
        null, new Problem(ProblemKind.TooMany, "This address has sent too many keys or tokens that are not good. Try again in a minute.", retryAfter: 60));

    public static OperatorFinding Of(OperatorIdentity caller) => new(caller, Nobody.Refusal);
}

/// <summary>How roles are written.</summary>
internal static class Roles
{
    public const string Known = "viewer, operator or admin";

    public static string NameOf(OperatorRole role) => role switch
    {
        OperatorRole.Viewer => "viewer",
        OperatorRole.Operator => "operator",
        OperatorRole.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "not a role"),
    };

    public static OperatorRole? Parse(string? name) => name switch
    {
        "viewer" => OperatorRole.Viewer,
        "operator" => OperatorRole.Operator,
        "admin" => OperatorRole.Admin,
        _ => null,
    };
}
