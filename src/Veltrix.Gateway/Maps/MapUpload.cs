using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Problems;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Maps;

/// <summary>
/// Makes a map of what an organiser sends. One upload at a time is in memory, and reading it happens away from the sockets' threads: a large map takes
/// seconds, in which thousands of players would wait.
/// </summary>
internal sealed class MapUpload(IOptions<GatewayOptions> options, IMapThreads threads)
{
    private const int MostFiles = 200;
    private static readonly string[] MapExtensions = [".tmx", ".tmj", ".map", ".vmap"];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Reads the request's map.</summary>
    /// <exception cref="MapException">The map cannot be used; the sentence says why.</exception>
    public async Task<(MapReading? Reading, Problem? Problem)> ReadAsync(HttpContext context, string? name, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.MaxMapBytes;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var request = context.Request;
            if (request.HasFormContentType)
            {
                return await ReadFormAsync(request, name, cancellationToken);
            }

            if (name is { Length: > 0 })
            {
                var bytes = await ReadAllAsync(request.Body, cancellationToken);
                return (await threads.RunAsync(() => MapReader.ReadWithReport(name, new UploadedMapFiles([new(name, bytes)])), cancellationToken), null);
            }

            return request.HasJsonContentType()
                ? await GenerateAsync(request, cancellationToken)
                : (null, Bad("Send one file with ?name=world.tmx, several as multipart/form-data, or {\"generate\":\"generated:512x512@7\"} as application/json."));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(MapReading? Reading, Problem? Problem)> ReadFormAsync(HttpRequest request, string? name, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = options.Value.MaxMapBytes, ValueCountLimit = MostFiles }, cancellationToken);
        if (form.Files.Count is 0 or > MostFiles)
        {
            return (null, Bad($"The form has {form.Files.Count} files: give the map and its tilesets, 1 to {MostFiles} files."));
        }

        var files = new List<KeyValuePair<string, byte[]>>();
        foreach (var file in form.Files)
        {
            await using var stream = file.OpenReadStream();
            files.Add(new(file.FileName, await ReadAllAsync(stream, cancellationToken)));
        }

        var map = name ?? files.Select(file => file.Key).FirstOrDefault(IsMap) ?? files[0].Key;
        return (await threads.RunAsync(() => MapReader.ReadWithReport(map, new UploadedMapFiles(files)), cancellationToken), null);
    }

    private async Task<(MapReading? Reading, Problem? Problem)> GenerateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var wish = await request.ReadFromJsonAsync<MapWish>(cancellationToken);
        if (!GeneratedMapName.TryParse(wish?.Generate ?? "", out var made, out var problem))
        {
            return (null, Bad(problem ?? "generate is missing: give a name such as generated:512x512@7."));
        }

        var map = await threads.RunAsync(made.Generate, cancellationToken);
        return (new MapReading(map, new MapReport("generated", [], [])), null);
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    private static bool IsMap(string file) => MapExtensions.Any(extension => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    private static Problem Bad(string detail) => new(ProblemKind.BadMap, detail);
}

/// <param name="Generate">a map to make: generated:WIDTHxHEIGHT@SEED</param>
internal sealed record MapWish(string? Generate);
