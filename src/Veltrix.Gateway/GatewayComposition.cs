using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Veltrix.Gateway.Boards;
using Veltrix.Gateway.Dashboard;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Ledger;
using Veltrix.Gateway.Live;
using Veltrix.Gateway.Maps;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Pages;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.SignIn;
using Veltrix.Hosting.Cluster;
using Veltrix.Hosting.Telemetry;
using Veltrix.Hosting.Threads;

namespace Veltrix.Gateway;

/// <summary>
/// Puts a gateway together. The host brings an Orleans client, its own silo or a client of the cluster, and the telemetry that the gateway serves.
/// </summary>
public static class GatewayComposition
{
    /// <summary>Adds a gateway's services and sets Kestrel up for many small messages.</summary>
    public static WebApplicationBuilder AddVeltrixGateway(this WebApplicationBuilder builder, Action<GatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>());
        services.AddOptions<HostOptions>().Configure<IOptions<GatewayOptions>>(static (host, own) => host.ShutdownTimeout = own.Value.ShutdownTime);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<FrameTraces>();
        services.AddSingleton<SiloSurvey>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<OperatorKeys>();
        services.AddSingleton<OperatorTokens>();
        services.AddSingleton<PlayerTokens>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<OperatorGate>();
        services.AddDashboard(builder.Configuration);
        services.AddSingleton<AddressBook>();
        services.TryAddSingleton<IMapThreads, MapThreads>();
        services.AddSingleton<MapCache>();
        services.AddSingleton<MapUpload>();
        services.AddSingleton<MapPictures>();
        services.AddSingleton<HuntFeeds>();
        services.AddSingleton<HuntRooms>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<RehearsalGate>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionTable>());

        // Only where the gateway is a client of a cluster, and not of its own process, there are any.
        services.AddOptions<ClientConnectionOptions>().Configure(static connections => connections.ConfigureConnection(static made =>
            made.UseEnd(static (provider, silo) => _ = provider.GetRequiredService<SessionTable>().OnSiloLostAsync(silo))));
        services.AddHostedService<HuntTicker>();
        services.AddHostedService<GatewayLeave>();
        services.AddOpenApi("v1", ApiPage.Configure);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });

        // TLS by Kestrel's own settings: Kestrel:Endpoints and Kestrel:Certificates.
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        });

        // With the process' own settings this takes a third of the CPU off each small message: the thread pool does not spin when idle, and sockets complete inline where there
        // is no PostgreSQL. Nothing that runs on a socket's thread here blocks.
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            sockets.Backlog = 4096;
            sockets.NoDelay = true;
        });
        return builder;
    }

    /// <summary>Has the gateway play to itself once before it counts as started, so that whom it takes over from another do not wait while it compiles.</summary>
    public static WebApplicationBuilder AddPlayRehearsal(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHostedService<PlayRehearsal>();
        return builder;
    }

    /// <summary>Adds a gateway's addresses.</summary>
    public static WebApplication MapVeltrixGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var sessions = app.Services.GetRequiredService<SessionTable>();
        var proxies = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.TrustedProxies;
        if (proxies.Count > 0)
        {
            app.UseTrustedProxies(proxies);
        }

        app.Lifetime.ApplicationStarted.Register(() => sessions.Metrics.Show(sessions));
        app.UseMiddleware<ProblemMiddleware>();
        app.UseWebSockets();
        app.UseRouting();
        app.UseMiddleware<InternalPortMiddleware>();
        app.UseMiddleware<AddressLimits>();
        app.UseMiddleware<AccessMiddleware>();
        app.MapMaps();
        app.MapHunts();
        app.MapJoins();
        app.MapPlay();
        app.MapBoards();
        app.MapLedger();
        app.MapLive();
        app.MapKeys();
        app.MapSignIn();
        app.MapDashboard();
        app.MapSystem();
        app.MapHealth();
        app.MapPages();
        return app;
    }
}
