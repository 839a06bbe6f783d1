using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Veltrix.Hosting.Telemetry;

namespace Veltrix.Hosting.Tests;

/// <summary>What a process exports, and what it does not unless it is told to. Spans are heard by whoever listens in the process: these tests run one by one.</summary>
public sealed class TelemetryTests
{
    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void TraceShare_OutOfRange_IsRefusedWithTheSetting(double share)
    {
        var result = new TelemetryOptionsValidator().Validate(null, new TelemetryOptions { TraceShare = share });

        Assert.StartsWith($"TraceShare is {share}: set Veltrix:Telemetry:TraceShare to 0 to 1", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AreServedAsText_WithTheirProcessOnEachLine()
    {
        await using var app = await StartAsync();
        using var http = new HttpClient { BaseAddress = AddressOf(app) };

        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        using var posted = await http.PostAsync(new Uri("/metrics", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        using var started = await http.GetAsync(new Uri("/started", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("service_version=\"0.1.0\"", text, StringComparison.Ordinal);
        var own = text.Split('\n').Single(line => line.StartsWith("dotnet_process_cpu_count{", StringComparison.Ordinal));
        Assert.Contains("service_name=\"veltrix-test\"", own, StringComparison.Ordinal);
        Assert.Contains("service_instance_id=\"the-first\"", own, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, started.StatusCode);
    }

    [Fact]
    public async Task Otlp_WithoutItsVariable_SendsAndTracesNothing()
    {
        await using var app = await StartAsync();

        Assert.Null(app.Services.GetService<TracerProvider>());
        Assert.Null(Traces(1).Begin(TimeProvider.System, 0));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "", true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "v1/traces", true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "v1/metrics", false)]
    public async Task Otlp_WithOneOfItsVariables_SendsThere(string variable, string path, bool traces)
    {
        var knocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = Build();
        collector.MapPost("/{**path}", () => knocked.TrySetResult());
        await collector.StartAsync(TestContext.Current.CancellationToken);
        await using var app = await StartAsync(
            (variable, new Uri(AddressOf(collector), path).AbsoluteUri), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("Veltrix:Telemetry:TraceShare", "1"));

        if (traces)
        {
            Traces(1).Begin(TimeProvider.System, TimeProvider.System.GetTimestamp())!.Dispose();
        }

        await knocked.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(traces, app.Services.GetService<TracerProvider>() is not null);
    }

    [Fact]
    public async Task Otlp_WithAShareOfZero_TracesNothing()
    {
        await using var app = await StartAsync(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/v1/traces"), ("Veltrix:Telemetry:TraceShare", "0"));

        Assert.Null(app.Services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(0.25, 3)]
    [InlineData(0, 0)]
    public void FrameTraces_ManyFrames_DrawsTheirShare(double share, int drawn)
    {
        var names = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Veltrix.Gateway",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => names.Add(span.OperationName),
        };
        ActivitySource.AddActivityListener(listener);
        var traces = Traces(share);

        for (var i = 0; i < 12; i++)
        {
            traces.Begin(TimeProvider.System, TimeProvider.System.GetTimestamp())?.Dispose();
        }

        Assert.Equal(Enumerable.Repeat("play", drawn), names);
    }

    private static FrameTraces Traces(double share) => new(Options.Create(new TelemetryOptions { TraceShare = share }));

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static async Task<WebApplication> StartAsync(params (string Setting, string Value)[] settings)
    {
        var app = Build(settings);
        app.MapVeltrixMetrics();
        app.MapVeltrixStarted();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static WebApplication Build(params (string Setting, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Setting, (string?)setting.Value)));
        builder.AddVeltrixTelemetry("veltrix-test", static _ => "the-first");
        return builder.Build();
    }
}
