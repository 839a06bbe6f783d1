using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Veltrix.Hosting.Telemetry;

/// <summary>What silos and gateways tell orchestrators and collectors alike. Who may ask is the caller's to say.</summary>
public static class OperatingEndpoints
{
    /// <summary>The address of the metrics.</summary>
    public const string Metrics = "/metrics";

    /// <summary>The address that says whether the process has started.</summary>
    public const string Started = "/started";

    /// <summary>The metrics as Prometheus' text.</summary>
    public static IEndpointConventionBuilder MapVeltrixMetrics(this IEndpointRouteBuilder routes) => routes
        .MapPrometheusScrapingEndpoint(
            Metrics,
            meterProvider: null,
            branch => branch.Use(static async (context, next) =>
            {
                // Requests run on the thread that polls sockets, and a hundred players would wait while it adds up.
                await Task.Yield();
                await next(context);
            }),
            optionsName: null)
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));

    /// <summary>
    /// Whether the process has come up: 200 from then on, also while it is not ready or about to end, and 503 before. It asks nobody and nothing outside of the
    /// process.
    /// </summary>
    public static IEndpointConventionBuilder MapVeltrixStarted(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var lifetime = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        return routes.MapGet(Started, () => lifetime.ApplicationStarted.IsCancellationRequested
            ? Results.Ok(new StartedShape("started"))
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
    }

    private sealed record StartedShape(string Status);
}
