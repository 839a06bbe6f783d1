using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Veltrix.Hosting.Telemetry;

/// <summary>
/// What every process of Veltrix measures and traces, and where it goes: metrics to whoever reads /metrics, and both to an OTLP collector where the environment
/// names one. README.md beside this file lists every metric.
/// </summary>
public static class VeltrixTelemetry
{
    /// <summary>All meters of Veltrix have names that begin so; one that is added is exported without being named here.</summary>
    private const string OwnMeters = "Veltrix.*";

    private static readonly string[] OthersMeters =
    [
        "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", OrleansMeter.Name,
    ];

    /// <summary>Adds metrics, and traces where they are sent somewhere.</summary>
    /// <param name="builder">the process</param>
    /// <param name="service">what it is: veltrix-silo, veltrix-gateway or veltrix-up</param>
    /// <param name="instance">which one it is; POD_NAME, else machine and process, where nothing is given</param>
    public static WebApplicationBuilder AddVeltrixTelemetry(this WebApplicationBuilder builder, string service, Func<IServiceProvider, string>? instance = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(service);
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>());
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddDetector(provider => new ProcessResource(service, instance?.Invoke(provider) ?? configuration["POD_NAME"]))

                // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(OwnMeters).AddMeter(OthersMeters).AddView(OrleansMeter.View);

                // The resource is a line of its own in Prometheus' text, which a query would have to join. These two say whose each figure is.
                metrics.AddPrometheusExporter(prometheus =>
                {
                    prometheus.ResourceConstantLabels = static key => key is "service.name" or "service.instance.id";

                    // The meter's name is in the instrument's already.
                    prometheus.ScopeInfoEnabled = false;
                });
                if (Sends(configuration, "METRICS"))
                {
                    metrics.AddOtlpExporter(otlp => Direct(otlp, configuration, "METRICS"));
                }
            });
        if (Sends(configuration, "TRACES") && configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() is not { TraceShare: 0 })
        {
            AddTraces(telemetry, configuration);
        }

        return builder;
    }

    // Without a listener, which only this adds, a source's activities are null and cost a comparison.
    private static void AddTraces(OpenTelemetryBuilder telemetry, ConfigurationManager configuration) => telemetry.WithTracing(traces =>
    {
        // Calls of grains appear where Orleans:EnableDistributedTracing is set, which adds a filter to each call and costs a quarter of their rate.
        traces.AddSource(OwnMeters, "Npgsql", "Microsoft.Orleans.Application");
        traces.AddAspNetCoreInstrumentation(requests => requests.Filter = static context => !context.WebSockets.IsWebSocketRequest && !IsProbe(context.Request.Path));
        if (configuration["OTEL_TRACES_SAMPLER"] is null)
        {
            traces.SetSampler(provider => new ParentBasedSampler(new ShareSampler(provider.GetRequiredService<IOptions<TelemetryOptions>>().Value.TraceShare)));
        }

        traces.AddOtlpExporter(otlp => Direct(otlp, configuration, "TRACES"));
    });

    // The exporter reads the variables for all signals by itself, but not those for one of them.
    private static void Direct(OtlpExporterOptions otlp, ConfigurationManager configuration, string signal)
    {
        if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"] is { Length: > 0 } protocol)
        {
            otlp.Protocol = protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_HEADERS"] is { Length: > 0 } headers)
        {
            otlp.Headers = headers;
        }

        if (configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 } endpoint)
        {
            otlp.Endpoint = Uri.TryCreate(endpoint, UriKind.Absolute, out var address)
                ? address
                : throw new OptionsValidationException(
                    nameof(TelemetryOptions), typeof(TelemetryOptions), [$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT is '{endpoint}': give an address such as http://collector:4317."]);
        }
    }

    // Asked every few seconds by machines; nobody looks for them.
    private static bool IsProbe(PathString path) => path.Value is OperatingEndpoints.Metrics or OperatingEndpoints.Started or "/health" or "/alive";

    private static bool Sends(ConfigurationManager configuration, string signal) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };
}
