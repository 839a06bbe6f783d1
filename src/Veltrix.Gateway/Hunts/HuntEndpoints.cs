using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Hunts;

/// <summary>Hunts: organisers create, start and end them, everybody may see that they exist.</summary>
internal static class HuntEndpoints
{
    private const int MostListed = 100;

    public static void MapHunts(this IEndpointRouteBuilder routes)
    {
        var hunts = routes.MapGroup("/v1/hunts").WithTags("Hunts");
        hunts.MapPost("", CreateAsync).For(Access.Operator)
            .WithSummary("Create a hunt")
            .WithDescription("A repeat of the same request with the same id gets the same answer. Without a seed one is drawn, so give id and seed to make a request that can be repeated.")
            .Produces<HuntShape>(StatusCodes.Status201Created)
            .Refuses(ProblemKind.BadRequest, ProblemKind.BadHunt, ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoMap, ProblemKind.HuntExists, ProblemKind.Unavailable);
        hunts.MapGet("", ListAsync).For(Access.Open)
            .WithSummary("List hunts in order of their ids")
            .Produces<HuntPage>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.Unavailable);
        hunts.MapGet("/{hunt}", ShowAsync).For(Access.Open)
            .WithSummary("Show a hunt; its seed only to those who run hunts")
            .Produces<HuntShape>()
            .Refuses(ProblemKind.NoHunt, ProblemKind.Unavailable);
        hunts.MapPost("/{hunt}/start", StartAsync).For(Access.Operator)
            .WithSummary("Start a scheduled hunt now; one that runs is left as it is")
            .Produces<HuntShape>()
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoHunt, ProblemKind.HuntOver, ProblemKind.Unavailable);
        hunts.MapPost("/{hunt}/end", EndAsync).For(Access.Operator)
            .WithSummary("End a hunt now and for ever; its ledger is sealed when this is answered")
            .Produces<HuntShape>()
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoHunt, ProblemKind.Unavailable);
    }

    private static async Task<IResult> CreateAsync(HuntWish wish, IGrainFactory grains, HuntRooms rooms, TimeProvider clock, CancellationToken cancellationToken)
    {
        var text = wish.Id ?? "hunt-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
        if (!HuntId.TryParse(text, out var id))
        {
            return Bad("id breaks the rule of hunt ids: give 1 to 40 of a-z, 0-9 and '-', not first or last.");
        }

        if (wish.Name is not { Length: >= 1 and <= 100 } name || string.IsNullOrWhiteSpace(name))
        {
            return Bad("name is missing or too long: give 1 to 100 characters.");
        }

        if (wish.Map is not { Length: > 0 } map)
        {
            return Bad("map is missing: give the hash of a stored map, which POST /v1/maps answers.");
        }

        var rules = wish.Rules ?? new HuntRules();
        if (rules.Problem() is { } problem)
        {
            return Bad(problem);
        }

        var now = clock.GetUtcNow();
        if (wish.EndsAt is { } ends && ends <= (wish.StartsAt ?? now))
        {
            return Bad("endsAt is not after the start: give a later time.");
        }

        var seed = wish.Seed ?? BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
        var draft = new HuntDraft(name, map.ToLowerInvariant(), seed, rules, wish.StartsAt, wish.EndsAt);
        var reply = await grains.Hunt(id).CreateAsync(draft, cancellationToken);
        if (reply.Status is HuntStatus.Ok && wish.Start)
        {
            reply = await grains.Hunt(id).StartAsync(cancellationToken);
        }

        return Answer(reply, id.Value, rooms, now, created: true);
    }

    private static async Task<IResult> ListAsync(
        string? after, int? limit, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostListed)
        {
            return new Problem(ProblemKind.BadRequest, $"limit is {limit}: give 1 to {MostListed}.");
        }

        var ids = await grains.HuntList().ListAsync(after, limit ?? MostListed, cancellationToken);
        var hunts = await Task.WhenAll(ids.Select(id => grains.Hunt(id).GetAsync(cancellationToken).AsTask()));
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new HuntPage(
            [.. hunts.OfType<HuntDefinition>().Select(hunt => HuntShape.Of(hunt, now, withSeed: false))],
            ids.Length == (limit ?? MostListed) ? ids[^1].Value : null));
    }

    private static async Task<IResult> ShowAsync(
        string hunt, HttpContext context, OperatorGate gate, HuntRooms rooms, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        return problem is not null ? problem : TypedResults.Ok(HuntShape.Of(room.Definition, clock.GetUtcNow(), await gate.HasAsync(context, OperatorRole.Operator)));
    }

    private static async Task<IResult> StartAsync(string hunt, IGrainFactory grains, HuntRooms rooms, TimeProvider clock, CancellationToken cancellationToken) =>
        HuntId.TryParse(hunt, out var id)
            ? Answer(await grains.Hunt(id).StartAsync(cancellationToken), hunt, rooms, clock.GetUtcNow())
            : HuntAddress.NoHunt(hunt);

    private static async Task<IResult> EndAsync(string hunt, IGrainFactory grains, HuntRooms rooms, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!HuntId.TryParse(hunt, out var id))
        {
            return HuntAddress.NoHunt(hunt);
        }

        // Not cancelled with the request: a seal that has begun runs to its end.
        return Answer(await grains.Hunt(id).EndAsync(CancellationToken.None), hunt, rooms, clock.GetUtcNow());
    }

    private static IResult Answer(HuntReply reply, string hunt, HuntRooms rooms, DateTimeOffset now, bool created = false)
    {
        if (reply.Hunt is { } known && reply.Status is HuntStatus.Ok)
        {
            rooms.Learn(known);
        }

        return reply.Status switch
        {
            HuntStatus.Ok when reply.Hunt is { } definition => created
                ? TypedResults.Created($"/v1/hunts/{definition.Id}", HuntShape.Of(definition, now, withSeed: true))
                : TypedResults.Ok(HuntShape.Of(definition, now, withSeed: true)),
            HuntStatus.Exists => new Problem(ProblemKind.HuntExists, $"Another hunt has the id '{hunt}'. Choose another one, or repeat the first request exactly."),
            HuntStatus.NotFound => HuntAddress.NoHunt(hunt),
            HuntStatus.NoMap => new Problem(ProblemKind.NoMap, "No stored map has this hash. POST /v1/maps stores one, GET /v1/maps lists them."),
            HuntStatus.Invalid => Bad(reply.Problem ?? "The hunt does not fit its rules."),
            HuntStatus.Over => new Problem(ProblemKind.HuntOver, "The hunt is over, and stays so. Create another one."),
            HuntStatus.Ok => throw new InvalidOperationException("The hunt's grain answered Ok without the hunt."),
            _ => throw new InvalidOperationException($"The hunt's grain answered {reply.Status}, which this gateway does not know."),
        };
    }

    private static Problem Bad(string detail) => new(ProblemKind.BadHunt, detail);
}
