using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Orleans.Concurrency;
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
        maps.MapPost("", StoreAsync).For(Access.Operator)
            .WithSummary("Store a map: a Tiled map (TMX, TMJ) with its tilesets, an octile grid, or a generated island")
            .WithDescription(
                """
                Send one file as it is with `?name=world.tmx`, a map with its tilesets as multipart/form-data (`name` tells which file is the map if that is not plain), or
                `{"generate":"generated:512x512@7"}` as application/json. The answer's hash is the map's name everywhere; the same map sent again gets the same hash.
                """)
            .Accepts<MapWish>("application/json", "multipart/form-data", "application/octet-stream", "application/xml")
            .Produces<MapShape>(StatusCodes.Status201Created)
            .Refuses(ProblemKind.BadMap, ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.TooLarge, ProblemKind.Unavailable);
        maps.MapGet("", ListAsync).For(Access.Open)
            .WithSummary("List the stored maps in order of their hashes")
            .Produces<MapPage>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.Unavailable);
        maps.MapGet("/{hash}", ShowAsync).For(Access.Open)
            .WithSummary("Show a map's size and ground")
            .Produces<MapShape>()
            .Refuses(ProblemKind.NoMap, ProblemKind.Unavailable);
        maps.MapGet("/{hash}/image.png", ImageAsync).For(Access.Open)
            .WithSummary("A picture of a map")
            .WithDescription("`scale` is pixels a tile, 1 to 16; left out, the picture has about a thousand pixels a side. With `marks=true` operators see treasures and spawns that the map's author placed.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/png")
            .Refuses(ProblemKind.BadRequest, ProblemKind.BadMap, ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoMap, ProblemKind.Unavailable);
        maps.MapGet("/{hash}/tiles", TilesAsync).For(Access.Operator)
            .WithSummary("A map's tiles and objects, in the format of the store")
            .WithDescription("Its layout is described at the top of MapCodec. It holds the treasures and spawns that the map's author placed, which are an organiser's secret.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream")
            .Refuses(ProblemKind.OperatorOnly, ProblemKind.RoleTooSmall, ProblemKind.NoMap, ProblemKind.Unavailable);
    }

    private static async Task<IResult> StoreAsync(
        string? name, HttpContext context, MapUpload upload, MapCache maps, IMapThreads threads, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (reading, problem) = await upload.ReadAsync(context, name, cancellationToken);
        if (reading is null)
        {
            return problem!;
        }

        var encoded = await threads.RunAsync(() => World.Maps.MapCodec.Encode(reading.Map), cancellationToken);
        await grains.MapLibrary().StoreAsync(new Immutable<byte[]>(encoded), cancellationToken);
        maps.Keep(reading.Map);
        return TypedResults.Created($"/v1/maps/{reading.Map.Hash}", MapShape.Of(reading.Map) with { Notes = [.. reading.Report.Notes] });
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

    private static async Task<IResult> ImageAsync(
        string hash, int? scale, bool? marks, HttpContext context, MapCache maps, MapPictures pictures, OperatorGate gate, CancellationToken cancellationToken)
    {
        if (await FindAsync(maps, hash, cancellationToken) is not { } map)
        {
            return NoMap();
        }

        if (scale is < 1 or > 16)
        {
            return new Problem(ProblemKind.BadRequest, $"scale is {scale}: give 1 to 16 pixels a tile.");
        }

        // Where treasures lie is the organiser's secret.
        if (marks is true && await gate.RefusalAsync(context, OperatorRole.Operator) is { } refusal)
        {
            return refusal;
        }

        var picture = await pictures.DrawAsync(map, scale ?? World.Maps.MapImage.ScaleFor(map), marks is true, cancellationToken);
        KeepForEver(context, marks is true ? "private" : "public");
        return TypedResults.Bytes(picture, "image/png");
    }

    private static async Task<IResult> TilesAsync(
        string hash, HttpContext context, MapCache maps, IMapThreads threads, CancellationToken cancellationToken)
    {
        if (await FindAsync(maps, hash, cancellationToken) is not { } map)
        {
            return NoMap();
        }

        KeepForEver(context, "private");
        var encoded = await threads.RunAsync(() => World.Maps.MapCodec.Encode(map), cancellationToken);
        return TypedResults.Bytes(encoded, "application/octet-stream", entityTag: Tag(hash));
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
