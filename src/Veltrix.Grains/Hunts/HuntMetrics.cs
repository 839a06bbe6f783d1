using System.Diagnostics.Metrics;

namespace Veltrix.Grains.Hunts;

/// <summary>What happens to hunts on a silo.</summary>
internal sealed class HuntMetrics
{
    public const string MeterName = "Veltrix.Hunts";

    private readonly Counter<long> _scenes;
    private readonly Counter<long> _failedReads;
    private readonly Counter<long> _sealed;

    public HuntMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _scenes = meter.CreateCounter<long>("veltrix.hunt.scenes", "{scene}", "Scenes that were built");
        _failedReads = meter.CreateCounter<long>("veltrix.hunt.failed_reads", "{read}", "Reads of a hunt's definition that failed");
        _sealed = meter.CreateCounter<long>("veltrix.hunt.sealed", "{hunt}", "Hunts whose ledger was sealed");
    }

    public void SceneBuilt() => _scenes.Add(1);

    public void ReadFailed() => _failedReads.Add(1);

    public void Sealed() => _sealed.Add(1);
}
