using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Operators;

/// <summary>Operators' keys: admins make, list and revoke them.</summary>
internal static partial class KeyEndpoints
{
    private const int LongestName = 100;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/v1/operators/keys").WithTags("Operators");
        keys.MapPost("", MakeAsync).For(Access.Admin)
            .WithSummary("Make an operator's key; the answer is the only one that shows it")
            .WithDescription("A repeat makes another key. Every gateway of the cluster takes the key at once. Only its SHA-256 is kept: who loses the key needs a new one.")
            .Produces<MadeKey>(StatusCodes.Status201Created)
            .Refuses(ProblemKind.BadRequest, ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.TooManyKeys, ProblemKind.Unavailable);
        keys.MapGet("", ListAsync).For(Access.Admin)
            .WithSummary("List the operators' keys, without the keys")
            .Produces<KeyList>()
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.Unavailable);
        keys.MapDelete("/{id}", RevokeAsync).For(Access.Admin)
            .WithSummary("Revoke an operator's key")
            .WithDescription("At this gateway the key is no good any more when this is answered, at the others within two seconds. Who signed in with it at a browser is signed out.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoKey, ProblemKind.KeyOfSettings, ProblemKind.Unavailable);
    }

    private static async Task<IResult> MakeAsync(
        KeyWish wish, HttpContext context, OperatorGate gate, StoredKeys stored, IGrainFactory grains, TimeProvider clock, ILoggerFactory loggers)
    {
        var name = wish.Name?.Trim();
        if (name is not { Length: >= 1 and <= LongestName } || name.Any(char.IsControl))
        {
            return new Problem(ProblemKind.BadRequest, $"name is missing or breaks the rule: give 1 to {LongestName} characters that say whom or what the key is for.");
        }

        if (Roles.Parse(wish.Role) is not { } role)
        {
            return new Problem(ProblemKind.BadRequest, $"role is missing or unknown: give {Roles.Known}.");
        }

        var now = clock.GetUtcNow();
        if (wish.ExpiresAt is { } expires && expires <= now)
        {
            return new Problem(ProblemKind.BadRequest, $"expiresAt is {expires:O}: give a time in the future, or leave it out for a key that is good until it is revoked.");
        }

        var secret = OperatorKeys.Draw();
        var digest = OperatorKeys.DigestOf(secret);
        var key = new OperatorKey(OperatorKeys.IdOf(digest), name, role, Convert.ToHexStringLower(digest), now, wish.ExpiresAt);
        if (!await grains.OperatorKeys().AddAsync(key, CancellationToken.None))
        {
            return new Problem(ProblemKind.TooManyKeys, $"There are {IOperatorKeysGrain.MostKeys} keys already, the most that may be. Revoke those that nobody needs.");
        }

        var admin = (await gate.FindAsync(context)).Operator!;
        LogMade(LoggerOf(loggers), key.Id, Roles.NameOf(role), admin.Id);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/operators/keys/{key.Id}", new MadeKey(key.Id, key.Name, Roles.NameOf(role), key.CreatedAt, key.ExpiresAt, secret));
    }

    private static async Task<Ok<KeyList>> ListAsync(HttpContext context, OperatorKeys keys, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stored = await grains.OperatorKeys().ListAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new KeyList(
        [
            .. keys.Own.Select(static key => new KeyShape(key.Id, key.Name, Roles.NameOf(key.Role), OfSettings: true)),
            .. stored.Where(key => key.IsGoodAt(now)).Select(static key => new KeyShape(key.Id, key.Name, Roles.NameOf(key.Role), false, key.CreatedAt, key.ExpiresAt)),
        ]));
    }

    private static async Task<IResult> RevokeAsync(
        string id, HttpContext context, OperatorGate gate, OperatorKeys keys, StoredKeys stored, IGrainFactory grains, ILoggerFactory loggers)
    {
        if (keys.Own.Any(key => key.Id == id))
        {
            return new Problem(ProblemKind.KeyOfSettings, "This key is in the gateways' own settings. Take it out of VELTRIX_OPERATOR_KEYS, or out of the data folder, and start them again.");
        }

        var admin = (await gate.FindAsync(context)).Operator!;
        if (await grains.OperatorKeys().RevokeAsync(id, CancellationToken.None) is not { } revoked)
        {
            return new Problem(ProblemKind.NoKey, "There is no key of this id, or no more. GET /v1/operators/keys lists those that there are.");
        }

        LogRevoked(LoggerOf(loggers), revoked.Id, admin.Id);
        await stored.RefreshAsync();
        return TypedResults.NoContent();
    }

    private static ILogger LoggerOf(ILoggerFactory loggers) => loggers.CreateLogger(typeof(KeyEndpoints).FullName!);

    [LoggerMessage(4102, LogLevel.Information, "Operator key {Key} of role {Role} was made by {Admin}")]
    private static partial void LogMade(ILogger logger, string key, string role, string admin);

    [LoggerMessage(4103, LogLevel.Information, "Operator key {Key} was revoked by {Admin}")]
    private static partial void LogRevoked(ILogger logger, string key, string admin);
}

/// <param name="Name">whom or what the key is for: 1 to 100 characters</param>
/// <param name="Role">viewer, operator or admin; each may do what those before it may</param>
/// <param name="ExpiresAt">from when on the key is no good; left out: never by itself</param>
internal sealed record KeyWish(string? Name, string? Role, DateTimeOffset? ExpiresAt = null);

/// <param name="Id">what the key is revoked by</param>
/// <param name="Name">whom or what it is for</param>
/// <param name="Role">viewer, operator or admin</param>
/// <param name="CreatedAt">when it was made</param>
/// <param name="ExpiresAt">from when on it is no good; null: never by itself</param>
/// <param name="Key">what its bearer sends as Authorization: Bearer: a secret, shown this once</param>
internal sealed record MadeKey(string Id, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string Key);

/// <param name="Keys">those of this gateway's settings, then those that were made over REST, oldest first, without those that have expired</param>
internal sealed record KeyList(ImmutableArray<KeyShape> Keys);

/// <param name="Id">what the key is revoked by</param>
/// <param name="Name">whom or what it is for</param>
/// <param name="Role">viewer, operator or admin</param>
/// <param name="OfSettings">whether it is in this gateway's settings, where alone it can be taken out</param>
/// <param name="CreatedAt">when it was made; null for one of the settings</param>
/// <param name="ExpiresAt">from when on it is no good; null: never by itself</param>
internal sealed record KeyShape(string Id, string Name, string Role, bool OfSettings, DateTimeOffset? CreatedAt = null, DateTimeOffset? ExpiresAt = null);
