using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Veltrix.Commands.Swarm.Audit;
using Veltrix.Contracts;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Swarm.Operating;

/// <summary>A request that the gateway refused, or could not answer.</summary>
internal sealed class OperatorException(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status => status;
}

/// <summary>What the server's process used so far.</summary>
internal sealed record ServerUsage(int Pid, double CpuSeconds, double PeakMb)
{
    /// <summary>The CPU time since an earlier moment; null when that was another process.</summary>
    public double? Since(ServerUsage? before) => before is not null && before.Pid == Pid ? CpuSeconds - before.CpuSeconds : null;
}

/// <summary>A hunt as its operator sees it.</summary>
internal sealed record FoundHunt(string State, string MapHash, ulong Seed, HuntRules Rules);

/// <summary>The gateway's REST interface, as far as an operator's swarm needs it.</summary>
internal sealed class OperatorApi : IDisposable
{
    /// <summary>Tokens are asked for in requests of this many names.</summary>
    private const int TokensAtOnce = 1000;

    /// <summary>How often in a row an export that broke off is taken up again.</summary>
    private const int Resumptions = 5;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>How long to go on asking when no gateway is there, or none is ready.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(100) };
    private readonly IReadOnlyList<Uri> _servers;
    private readonly TimeProvider _time;
    private int _server;

    /// <param name="servers">the gateways; one that cannot be reached is left for the next</param>
    /// <param name="key">an operator key of theirs</param>
    /// <param name="time">the clock of the pauses</param>
    public OperatorApi(IReadOnlyList<Uri> servers, string key, TimeProvider time)
    {
        _servers = servers;
        _time = time;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Stores a map; a repeat changes nothing.</summary>
    /// <returns>its hash</returns>
    public async Task<string> StoreMapAsync(TileMap map, CancellationToken stop)
    {
        using var content = new ByteArrayContent(MapCodec.Encode(map));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await SendAsync(HttpMethod.Post, "/v1/maps?name=map.vmap", content, stop);
        using var stored = await ReadAsync(answer, stop);
        var hash = stored.RootElement.GetProperty("hash").GetString()!;
        return hash == map.Hash ? hash : throw new OperatorException($"The gateway stored the map as {hash}, where its hash is {map.Hash}.");
    }

    public async Task<TileMap> LoadMapAsync(string hash, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/v1/maps/{hash}/tiles", null, stop);
        return MapCodec.Decode(await answer.Content.ReadAsByteArrayAsync(stop));
    }

    public async Task CreateHuntAsync(string id, string name, string map, ulong seed, HuntRules rules, CancellationToken stop)
    {
        using var content = JsonContent.Create(new { id, name, map, seed, rules }, options: Web);
        using var answer = await SendAsync(HttpMethod.Post, "/v1/hunts", content, stop);
    }

    public async Task StartHuntAsync(string hunt, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/v1/hunts/{hunt}/start", null, stop);
    }

    public async Task<FoundHunt> GetHuntAsync(string hunt, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/v1/hunts/{Uri.EscapeDataString(hunt)}", null, stop);
        using var found = await ReadAsync(answer, stop);
        var root = found.RootElement;
        return new FoundHunt(
            root.GetProperty("state").GetString()!,
            root.GetProperty("map").GetString()!,
            ulong.Parse(root.GetProperty("seed").GetString()!, CultureInfo.InvariantCulture),
            root.GetProperty("rules").Deserialize<HuntRules>(Web)!);
    }

    /// <summary>Makes a token for each player, in their order.</summary>
    public async Task<IReadOnlyList<string>> TokensAsync(string hunt, IReadOnlyList<string> players, CancellationToken stop)
    {
        var tokens = new List<string>(players.Count);
        foreach (var some in players.Chunk(TokensAtOnce))
        {
            using var content = JsonContent.Create(new { players = some }, options: Web);
            using var answer = await SendAsync(HttpMethod.Post, $"/v1/hunts/{hunt}/tokens", content, stop);
            using var made = await ReadAsync(answer, stop);
            var byPlayer = made.RootElement.GetProperty("tokens").EnumerateArray().ToDictionary(
                token => token.GetProperty("player").GetString()!, token => token.GetProperty("token").GetString()!);
            tokens.AddRange(some.Select(player => byPlayer[player]));
        }

        return tokens;
    }

    /// <summary>What the server used so far; null where the gateway does not tell.</summary>
    public async Task<ServerUsage?> UsageAsync(CancellationToken stop)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Get, "/v1/system", null, stop);
            using var usage = await ReadAsync(answer, stop);
            const double Mebi = 1024 * 1024;
            return new ServerUsage(
                usage.RootElement.GetProperty("pid").GetInt32(),
                usage.RootElement.GetProperty("cpuSeconds").GetDouble(),
                usage.RootElement.GetProperty("peakResidentBytes").GetInt64() / Mebi);
        }
        catch (Exception failed) when (failed is OperatorException or HttpRequestException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The whole ledger, entry by entry as it comes. An export that breaks off goes on after its last line.</summary>
    public async IAsyncEnumerable<LedgerEntry> LedgerAsync(string hunt, [EnumeratorCancellation] CancellationToken stop)
    {
        var (shard, after, number, failures) = (0, 0L, 0, 0);
        while (true)
        {
            using var answer = await SendAsync(HttpMethod.Get, $"/v1/hunts/{hunt}/ledger?shard={shard}&after={after}", null, stop, HttpCompletionOption.ResponseHeadersRead);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
            while (true)
            {
                string? line;
                try
                {
                    line = await reader.ReadLineAsync(stop);
                }
                catch (Exception broken) when (broken is IOException or HttpRequestException && ++failures <= Resumptions)
                {
                    break;
                }

                if (line is null)
                {
                    yield break;
                }

                var entry = ExportLine.Read(line, new HuntId(hunt), ++number);
                (shard, after, failures) = (entry.Shard, entry.Position, 0);
                yield return entry;
            }
        }
    }

    /// <summary>The whole board, once it includes so many entries.</summary>
    public async Task<IReadOnlyList<BoardLine>> BoardAsync(string hunt, long entries, TimeProvider time, CancellationToken stop)
    {
        const int Most = 1000;
        const int Either = 500;
        while (true)
        {
            var (lines, included, players) = await BoardPageAsync($"/v1/hunts/{hunt}/board?top={Most}", stop);
            if (included < entries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop);
                continue;
            }

            var all = new List<BoardLine>(lines);
            while (all.Count < players)
            {
                var (around, _, _) = await BoardPageAsync($"/v1/hunts/{hunt}/board/{Uri.EscapeDataString(all[^1].Player)}?around={Either}", stop);
                var more = around.Where(line => line.Rank > all[^1].Rank).ToList();
                if (more.Count == 0)
                {
                    break;
                }

                all.AddRange(more);
            }

            return all;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(IReadOnlyList<BoardLine> Lines, long Entries, int Players)> BoardPageAsync(string path, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, stop);
        using var page = await ReadAsync(answer, stop);
        var lines = page.RootElement.GetProperty("standings").EnumerateArray()
            .Select(line => new BoardLine(line.GetProperty("rank").GetInt32(), line.GetProperty("player").GetString()!, line.GetProperty("points").GetInt64()))
            .ToList();
        return (lines, page.RootElement.GetProperty("entries").GetInt64(), page.RootElement.GetProperty("players").GetInt32());
    }

    /// <param name="until">the whole answer, so that a gateway that dies in the middle of it is left for the next too, or the head of one that may be long</param>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken stop, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await SendOnceAsync(method, path, content, until, stop);
            }
            catch (Exception away) when (_servers.Count > 1 && IsAway(away) && _time.GetElapsedTime(began) < Patience)
            {
                _server = (_server + 1) % _servers.Count;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), _time, stop);
        }
    }

    // A cluster goes on without one of its gateways, and a gateway that has just come says so: both pass. Everything that is asked for here may be asked twice.
    private static bool IsAway(Exception problem) => problem is HttpRequestException or OperatorException { Status: HttpStatusCode.ServiceUnavailable };

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, HttpContent? content, HttpCompletionOption until, CancellationToken stop)
    {
        // The request is left to the collector: disposing it would dispose the content, which is sent again to the next gateway.
        var request = new HttpRequestMessage(method, new Uri(_servers[_server], path)) { Content = content };
        var answer = await _http.SendAsync(request, until, stop);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync(stop);
            throw new OperatorException($"{method} {path} was answered {(int)answer.StatusCode}: {Sentence(body)}", answer.StatusCode);
        }
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, CancellationToken stop) =>
        await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(stop), cancellationToken: stop);

    private static string Sentence(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() ?? body : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
