using System.Diagnostics.Metrics;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Veltrix.Contracts;

namespace Veltrix.Benchmarks;

/// <summary>
/// What measuring costs, with an exporter that listens. A command of a frame of its own is counted by its kind and result, as a frame of its gateway and with its
/// duration; every fourth goes to a region, whose turn is counted, and whose sixteenth is looked at.
/// </summary>
public class MetricsBenchmarks
{
    private static readonly IGrainContext Context = DispatchProxy.Create<IGrainContext, NoGrain>();

    private readonly Tally _kinds = new(200);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private MeterProvider? _exporter;
    private TurnMetrics _turns = null!;
    private Counter<long> _counter = null!;
    private Histogram<double> _histogram = null!;
    private ulong _sequence;

    [Params(false, true)]
    public bool Exported { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _turns = new TurnMetrics(meters);
        var meter = meters.Create("Veltrix.Benchmarks");
        _counter = meter.CreateCounter<long>("veltrix.benchmark.count");
        _histogram = meter.CreateHistogram(
            "veltrix.benchmark.duration", "s", "", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10] });
        if (Exported)
        {
            _exporter = Sdk.CreateMeterProviderBuilder().AddMeter("Veltrix.*").AddReader(new BaseExportingMetricReader(new Nowhere())).Build();
        }
    }

    [GlobalCleanup]
    public void Forget()
    {
        _exporter?.Dispose();
        _services.Dispose();
    }

    /// <summary>All that is measured on the way of a command.</summary>
    [Benchmark(Baseline = true)]
    public void Command()
    {
        _sequence++;
        _counter.Add(1);
        _histogram.Record(0.004);
        _kinds.Add((int)(_sequence & 15));
        if (_sequence % 4 == 0)
        {
            var call = _sequence / 4;
            _turns.Begin(GrainKind.Region, CallMark.For(call), call, Context).End();
        }
    }

    /// <summary>Counting by kind and result as it is done.</summary>
    [Benchmark]
    public void Tallied() => _kinds.Add((int)(++_sequence & 15));

    /// <summary>The same with an instrument and two tags.</summary>
    [Benchmark]
    public void Tagged() => _counter.Add(1, new KeyValuePair<string, object?>("kind", "move"), new KeyValuePair<string, object?>("result", "ok"));

    /// <summary>A grain's context as far as it is asked.</summary>
    public class NoGrain : DispatchProxy
    {
        public int WaitingCount => 0;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException();
    }

    private sealed class Nowhere : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
