using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Maps;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Tokens;
using Veltrix.Protocol;
using Veltrix.Protocol.Rest;

namespace Veltrix.Gateway.Sessions;

/// <summary>Players' tokens and joins.</summary>
internal static class JoinEndpoints
{
    private const int MostTokens = 10_000;
    private static readonly TimeSpan LongestToken = TimeSpan.FromDays(366);

    public static void MapJoins(this IEndpointRouteBuilder routes)
    {
        var hunt = routes.MapGroup("/v1/hunts/{hunt}").WithTags("Play");
        hunt.MapPost("/sessions", JoinAsync).For(Access.Player)
            .WithSummary("Join a hunt: the answer has all that a client needs to open the play socket")
            .WithDescription("Send a player token, or a token that the organiser's backend signed, as Authorization: Bearer, or, where the hunt takes guests, a body with the name that you want. A new join ends the player's older session.")
            .Accepts<JoinRequest>(isOptional: true, "application/json")
            .Produces<JoinAnswer>(StatusCodes.Status201Created)
            .Refuses(
                ProblemKind.BadRequest, ProblemKind.BadName, ProblemKind.BadToken, ProblemKind.NoGuests, ProblemKind.NoHunt, ProblemKind.HuntOver, ProblemKind.NameTaken,
                ProblemKind.TooMany, ProblemKind.Full, ProblemKind.IssuerAway, ProblemKind.Unavailable);
        hunt.MapPost("/tokens", GrantAsync).For(Access.Operator)
            .WithSummary("Make player tokens for up to 10,000 names")
            .WithDescription("A token lets its bearer join this hunt under its name until it expires. Nothing is stored: the same request makes tokens that are as good.")
            .Produces<TokenGrant>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.BadName, ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoHunt, ProblemKind.Unavailable);
    }

    private static async Task<IResult> JoinAsync(
        string hunt,
        HttpContext context,
        IGrainFactory grains,
        HuntRooms rooms,
        MapCache maps,
        SessionTable sessions,
        PlayerTokens tokens,
        AddressBook addresses,
        GatewayMetrics metrics,
        CancellationToken cancellationToken)
    {
        if (sessions.IsFull)
        {
            return new Problem(ProblemKind.Full, "This gateway has no room for another session. Try again in a few seconds.", retryAfter: 5);
        }

        // Who brings no good token is counted before anybody else is asked anything.
        var bearer = OperatorGate.BearerOf(context.Request);
        var guest = bearer is null;
        var (known, status) = bearer is null || !HuntId.TryParse(hunt, out var id) ? (null, TokenStatus.Bad) : await tokens.ReadAsync(bearer, id);
        if (status is TokenStatus.Unclear)
        {
            return new Problem(ProblemKind.IssuerAway, "The issuer of players' tokens does not answer, so this token cannot be checked. Try again in a few seconds.", retryAfter: 10);
        }

        if (known is null && !addresses.TryJoin(context.Connection.RemoteIpAddress))
        {
            return new Problem(ProblemKind.TooMany, "Too many joins of this address without a good token. Try again in a minute.", retryAfter: 60);
        }

        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (known is null && !guest)
        {
            return new Problem(ProblemKind.BadToken, "The player token is forged, expired or another hunt's. Ask the organiser for one of this hunt.");
        }

        (var player, problem) = known is { } sure ? (sure, null) : await ReadGuestAsync(context, room, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        // Repeated here and with the same session: a client that joined again would be another session, and which of the two the player's grain hears last is chance.
        // One that was only ever turned away for lack of room has changed nothing: the client hears of that at once, and waits before it joins again.
        var untouched = true;
        var seat = new Seat(room.Id, player, SessionId.Draw(sessions.Clock.GetUtcNow()));
        var grain = grains.Player(seat.Hunt, seat.Player);
        var reply = await Repeated.CallAsync(
            () => grain.JoinAsync(seat.Session, newcomer: guest, CancellationToken.None),
            sessions.Options.RetryTime / 3,
            sessions.Clock,
            fault => !(untouched &= Repeated.IsRefusal(fault)),
            cancellationToken);
        switch (reply.Status)
        {
            case SessionStatus.Playing:
                metrics.Joined(guest);
                sessions.Begin(room, seat, reply.Tile);
                var map = await maps.SizeAsync(room.Definition.Draft.MapHash, cancellationToken);
                return TypedResults.Json(Describe(seat, room, reply.Tile, map, sessions), JoinJson.Default.JoinAnswer, statusCode: StatusCodes.Status201Created);
            case SessionStatus.NoHunt:
                return HuntAddress.NoHunt(hunt);
            case SessionStatus.HuntOver:
                return new Problem(ProblemKind.HuntOver, "The hunt is over. GET /v1/hunts lists others.");
            case SessionStatus.NameTaken:
                return new Problem(ProblemKind.NameTaken, $"Somebody hunts as '{player}'. Choose another name, or join with a player token of this one.");
            case SessionStatus.SessionOver:
                return new Problem(ProblemKind.Unavailable, "The player has joined again while this join was under way. Join again if this is the place to play.", retryAfter: 1);
            case SessionStatus.Gap:
            default:
                throw new InvalidOperationException($"The player's grain answered a join with {reply.Status}.");
        }
    }

    private static async ValueTask<(PlayerId Player, Problem? Problem)> ReadGuestAsync(
        HttpContext context, HuntRoom room, CancellationToken cancellationToken)
    {
        if (!room.Definition.Draft.Rules.Guests)
        {
            return (default, new Problem(ProblemKind.NoGuests, "This hunt takes players with a token only. Ask the organiser for one, and send it as Authorization: Bearer."));
        }

        JoinRequest? wish = null;
        try
        {
            wish = context.Request.HasJsonContentType()
                ? await context.Request.ReadFromJsonAsync(JoinJson.Default.JoinRequest, cancellationToken)
                : null;
        }
        catch (JsonException)
        {
            return (default, new Problem(ProblemKind.BadRequest, "The body is no JSON that a join understands. Send {\"player\":\"ann\"} as application/json."));
        }

        return PlayerId.TryParse(wish?.Player, out var player)
            ? (player, null)
            : (default, new Problem(ProblemKind.BadName, "The player's name is missing or breaks the rule: send {\"player\":\"ann\"} with 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'."));
    }

    private static JoinAnswer Describe(in Seat seat, HuntRoom room, World.Tile spawn, MapSize map, SessionTable sessions)
    {
        Span<byte> key = stackalloc byte[ProtocolLimits.KeyBytes];
        sessions.Credentials.SessionKey(seat.Session, key);
        var options = sessions.Options;
        var rules = room.Definition.Draft.Rules;
        return new JoinAnswer(
            seat.Session.ToString(),
            seat.Hunt.Value,
            seat.Player.Value,
            Convert.ToBase64String(key),
            sessions.Credentials.ResumeToken(seat),
            new JoinSpawn(spawn.X, spawn.Y),
            new JoinMap(room.Definition.Draft.MapHash, map.Width, map.Height),
            "/v1/play",
            new JoinLimits(
                ProtocolLimits.CommandsPerFrame,
                ProtocolLimits.Unanswered,
                options.CommandsPerSecond,
                ProtocolLimits.FrameBytes,
                (int)options.ResumeTime.TotalSeconds,
                options.AllowJson),
            new JoinRules(rules.Reach, rules.SightRadius, rules.StepsPerSecond, rules.PaceSeconds),
            StateNames.Of(room.Phase.ToWire()));
    }

    private static async Task<IResult> GrantAsync(
        string hunt, TokenWish wish, HuntRooms rooms, Credentials credentials, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (wish.Players is not { Length: >= 1 and <= MostTokens } players)
        {
            return new Problem(ProblemKind.BadRequest, $"players is missing, empty or too long: give 1 to {MostTokens} names.");
        }

        var now = clock.GetUtcNow();
        var expires = wish.ExpiresAt ?? now.AddDays(7);
        if (expires <= now || expires - now > LongestToken)
        {
            return new Problem(ProblemKind.BadRequest, $"expiresAt is {expires:O}: give a time in the future, at most {LongestToken.TotalDays} days ahead.");
        }

        var tokens = ImmutableArray.CreateBuilder<PlayerToken>(players.Length);
        foreach (var name in players)
        {
            if (!PlayerId.TryParse(name, out var player))
            {
                return new Problem(ProblemKind.BadName, $"Name {tokens.Count + 1} of players breaks the rule of names: give 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'.");
            }

            tokens.Add(new PlayerToken(name, credentials.PlayerToken(room.Id, player, expires)));
        }

        return TypedResults.Ok(new TokenGrant(room.Id.Value, expires, tokens.MoveToImmutable()));
    }
}

/// <param name="Players">1 to 10,000 names</param>
/// <param name="ExpiresAt">until when the tokens are good: at most 366 days ahead, 7 days when left out</param>
internal sealed record TokenWish(ImmutableArray<string>? Players, DateTimeOffset? ExpiresAt = null);

/// <param name="Hunt">the hunt that the tokens are for</param>
/// <param name="ExpiresAt">until when they are good</param>
/// <param name="Tokens">one a name, in order</param>
internal sealed record TokenGrant(string Hunt, DateTimeOffset ExpiresAt, ImmutableArray<PlayerToken> Tokens);

/// <param name="Player">the name</param>
/// <param name="Token">what its player sends as Authorization: Bearer to join: a secret</param>
internal sealed record PlayerToken(string Player, string Token);
