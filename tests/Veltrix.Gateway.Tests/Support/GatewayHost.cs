using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Veltrix.Hosting.Telemetry;
using Veltrix.Protocol.Rest;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>A gateway on a free port of this machine, over fake grains.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Key = "vop_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    public const string OperatorKey = "vop_operator-0123456789abcdef0123456789abcdef";
    public const string ViewerKey = "vop_viewer-0123456789abcdef0123456789abcdef";
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, FakeGrains grains, X509Certificate2? certificate)
    {
        _app = app;
        Grains = grains;
        Address = new Uri(app.Urls.First());
        Http = Client(certificate);
        Operator = Client(certificate);
        Operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public FakeGrains Grains { get; }

    public Uri Address { get; }

    /// <summary>Nobody in particular.</summary>
    public HttpClient Http { get; }

    /// <summary>An admin.</summary>
    public HttpClient Operator { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="configure">changes the options</param>
    /// <param name="grains">those of another gateway, to be a second one of its cluster</param>
    /// <param name="clock">a clock that the test moves</param>
    /// <param name="internalPort">a second port, for orchestrators</param>
    /// <param name="settings">more of the configuration</param>
    /// <param name="certificate">the one that the gateway is expected to show</param>
    /// <param name="rehearses">whether it plays to itself before it counts as started</param>
    public static async Task<GatewayHost> StartAsync(
        Action<GatewayOptions>? configure = null, FakeGrains? grains = null, TimeProvider? clock = null, int internalPort = 0,
        IReadOnlyDictionary<string, string?>? settings = null, X509Certificate2? certificate = null, bool rehearses = false)
    {
        grains ??= new FakeGrains();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (settings is null)
        {
            builder.WebHost.UseUrls(["http://127.0.0.1:0", .. internalPort > 0 ? new[] { $"http://127.0.0.1:{internalPort}" } : []]);
        }
        else
        {
            builder.Configuration.AddInMemoryCollection(settings);
        }

        builder.Services.AddSingleton<IGrainFactory>(grains);
        if (clock is not null)
        {
            builder.Services.AddSingleton(clock);
        }

        builder.AddVeltrixTelemetry("veltrix-gateway");
        builder.AddVeltrixGateway(options =>
        {
            options.Secret = SHA256.HashData("a secret of the tests"u8);
            options.OperatorKeys = [Own(OperatorRole.Admin, Key), Own(OperatorRole.Operator, OperatorKey), Own(OperatorRole.Viewer, ViewerKey)];
            options.CommandsPerSecond = 100_000;
            options.CommandBurst = 100_000;
            options.InternalPort = internalPort;
            configure?.Invoke(options);
        });
        if (rehearses)
        {
            // Which an Orleans client brings.
            builder.Services.AddSerializer();
            builder.AddPlayRehearsal();
        }

        var app = builder.Build();
        app.MapVeltrixGateway();
        await app.StartAsync();
        return new GatewayHost(app, grains, certificate);
    }

    /// <summary>Somebody with a bearer's key or token of their own.</summary>
    public HttpClient As(string bearer)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    /// <summary>Joins a hunt as a player with a token.</summary>
    public async Task<JoinAnswer> JoinAsync(string hunt, string player)
    {
        using var granted = await Operator.PostAsJsonAsync($"/v1/hunts/{hunt}/tokens", new { players = new[] { player } });
        granted.EnsureSuccessStatusCode();
        var token = (await granted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("tokens")[0].GetProperty("token").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/hunts/{hunt}/sessions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var joined = await Http.SendAsync(request);
        joined.EnsureSuccessStatusCode();
        return (await joined.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer))!;
    }

    public FakePlayer Player(string hunt, string player) => Grains.Players[GrainKeys.Player(new HuntId(hunt), new PlayerId(player))];

    /// <summary>What a signal to end does.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Waits until a stop is over. Where a test's clock stands still, it goes on: by it players are sent away.</summary>
    public async Task EndAsync(Task stopping)
    {
        if (_app.Services.GetRequiredService<TimeProvider>() is FakeTimeProvider clock)
        {
            await Eventually.TrueAsync(
                () =>
                {
                    clock.Advance(TimeSpan.FromMilliseconds(20));
                    return stopping.IsCompleted;
                },
                "the gateway ends");
        }

        await stopping;
    }

    private HttpClient Client(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == certificate?.GetCertHashString() },
    })
    { BaseAddress = Address };

    private static OwnOperatorKey Own(OperatorRole role, string key) => new(role, SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Operator.Dispose();
        await EndAsync(StopAsync());
        await _app.DisposeAsync();
    }
}
