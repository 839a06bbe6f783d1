using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client;

/// <summary>Joins hunts and plays them. One client serves any number of players and sessions; it may be shared by threads.</summary>
public sealed class VeltrixClient : IDisposable
{
    private readonly Uri _gateway;
    private readonly VeltrixClientOptions _options;
    private readonly HttpClient _http;
    private readonly SilenceWatch _watch;

    /// <summary>Names that any of this client's sessions has seen: players of one hunt mostly see the same ones.</summary>
    private readonly NameCache _names = new();

    /// <param name="gateway">the address of a gateway, such as https://hunt.example.org/</param>
    /// <param name="options">how to connect and come back</param>
    public VeltrixClient(Uri gateway, VeltrixClientOptions? options = null)
    {
        _gateway = gateway;
        _options = options ?? new VeltrixClientOptions();
        _http = _options.Http ?? new HttpClient();
        _watch = new SilenceWatch(_options);
    }

    /// <summary>Joins a hunt with a player token that the organiser gave. An earlier session of the player ends.</summary>
    /// <exception cref="JoinRefusedException">The server said no, and why.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public Task<JoinAnswer> JoinAsync(string hunt, string playerToken, CancellationToken cancellationToken = default) =>
        JoinAsync(hunt, playerToken, null, cancellationToken);

    /// <summary>Joins a hunt that allows guests, under a name of one's own.</summary>
    /// <inheritdoc cref="JoinAsync(string, string, CancellationToken)"/>
    public Task<JoinAnswer> JoinAsGuestAsync(string hunt, string player, CancellationToken cancellationToken = default) =>
        JoinAsync(hunt, null, player, cancellationToken);

    /// <summary>
    /// Opens the play socket of a joined session and keeps it open: it comes back by itself, and sends again what has no answer.
    /// </summary>
    /// <param name="joined">the answer to the join</param>
    /// <param name="sink">hears what comes; null when answers are awaited or streamed</param>
    /// <param name="lastSequence">
    /// 0 for a session that has just been joined; for one that another process played, the last sequence up to which that one had all answers
    /// </param>
    /// <param name="cancellationToken">ends the first connect; a session that plays ends by dispose</param>
    /// <exception cref="PlayEndedException">The session cannot be played; the exception's type says why.</exception>
    public Task<PlaySession> PlayAsync(JoinAnswer joined, IPlaySink? sink = null, ulong lastSequence = 0, CancellationToken cancellationToken = default)
    {
        var gateways = new Uri[_options.OtherGateways.Count + 1];
        gateways[0] = new Uri(_gateway, joined.Play);
        for (var i = 1; i < gateways.Length; i++)
        {
            gateways[i] = new Uri(_options.OtherGateways[i - 1], joined.Play);
        }

        return PlaySession.StartAsync(joined, gateways, sink, lastSequence, _options, _names, _watch, cancellationToken);
    }

    /// <summary>Sessions play on.</summary>
    public void Dispose()
    {
        if (_options.Http is null)
        {
            _http.Dispose();
        }
    }

    private async Task<JoinAnswer> JoinAsync(string hunt, string? token, string? player, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway, $"/v1/hunts/{Uri.EscapeDataString(hunt)}/sessions"));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (player is not null)
        {
            request.Content = JsonContent.Create(new JoinRequest(player), JoinJson.Default.JoinRequest);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync(response, cancellationToken);
        }

        return await response.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, cancellationToken)
            ?? throw new JoinRefusedException((int)response.StatusCode, "unknown", "The server answered the join with nothing.", null);
    }

    private static async Task<JoinRefusedException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        string code = "unknown", sentence = $"The server answered the join with status {status}.";
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(body);
            code = TextOf(problem.RootElement, "code") ?? code;
            sentence = TextOf(problem.RootElement, "detail") ?? TextOf(problem.RootElement, "title") ?? sentence;
        }
        catch (JsonException)
        {
            // Something between here and the gateway answered in its own way; the status has to do.
        }

        return new JoinRefusedException(status, code, sentence, response.Headers.RetryAfter?.Delta);
    }

    private static string? TextOf(JsonElement problem, string member) =>
        problem.ValueKind is JsonValueKind.Object && problem.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
