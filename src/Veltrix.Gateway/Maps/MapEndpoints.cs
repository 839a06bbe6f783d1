using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Maps;

/// <summary>The stored maps. A map never changes, so what is read under its hash may be kept for ever.</summary>
internal static class MapEndpoints
{
    private const int MostListed = 1000;
    private static readonly SearchValues<char> HashDigits = SearchValues.Create("0123456789abcdef");

    public static void MapMaps(this IEndpointRouteBuilder routes)
    {
        var maps = routes.MapGroup("/v1/maps").WithTags("Maps");
        maps.MapGet("", ListAsync).For(Access.Open)
            .WithSummary("List the stored maps in order of their hashes")
            .Produces<MapPage>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.Unavailable);
        maps.MapGet("/{hash}", ShowAsync).For(Access.Open)
            .WithSummary("Show a map's size and ground")
            .Produces<MapShape>()
            .Refuses(ProblemKind.NoMap, ProblemKind.Unavailable);
        maps.MapGet("/{hash}/tiles", TilesAsync).For(Access.Operator)
            .WithSummary("A map's tiles and objects, in the format of the store")
            .WithDescription("Its layout is described at the top of MapCodec. It holds the treasures and spawns that the map's author placed, which are an organiser's secret.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream")
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.NoMap, ProblemKind.Unavailable);
    }

    private static async Task<IResult> ListAsync(string? after, int? limit, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostListed)
        {
            return new Problem(ProblemKind.BadRequest, $"limit is {limit}: give 1 to {MostListed}.");
        }

        var maps = await grains.MapLibrary().ListAsync(after, limit ?? 100, cancellationToken);
        return TypedResults.Ok(new MapPage(
            [.. maps.Select(map => new MapEntry(map.Hash, map.Name, map.Width, map.Height))], maps.Length == (limit ?? 100) ? maps[^1].Hash : null));
    }

    private static async Task<IResult> ShowAsync(string hash, HttpContext context, MapCache maps, CancellationToken cancellationToken)
    {
        if (await FindAsync(maps, hash, cancellationToken) is not { } map)
        {
            return NoMap();
        }

        KeepForEver(context);
        return TypedResults.Ok(MapShape.Of(map));
    }

    private static async Task<IResult> TilesAsync(string hash, HttpContext context, MapCache maps, CancellationToken cancellationToken)
    {
        if (await FindAsync(maps, hash, cancellationToken) is not { } map)
        {
            return NoMap();
        }

        KeepForEver(context, "private");
        return TypedResults.Bytes(World.Maps.MapCodec.Encode(map), "application/octet-stream", entityTag: Tag(hash));
    }

    private static ValueTask<World.Maps.TileMap?> FindAsync(MapCache maps, string hash, CancellationToken cancellationToken) =>
        IsHash(hash) ? maps.FindAsync(hash, cancellationToken) : new ValueTask<World.Maps.TileMap?>((World.Maps.TileMap?)null);

    private static bool IsHash(string hash) => hash.Length == 64 && !hash.AsSpan().ContainsAnyExcept(HashDigits);

    private static EntityTagHeaderValue Tag(string hash) => new($"\"{hash}\"");

    private static void KeepForEver(HttpContext context, string who = "public") =>
        context.Response.Headers.CacheControl = $"{who}, max-age=31536000, immutable";

    private static Problem NoMap() =>
        new(ProblemKind.NoMap, "No stored map has this hash, which is 64 of 0-9 and a-f. GET /v1/maps lists those that there are.");
}
