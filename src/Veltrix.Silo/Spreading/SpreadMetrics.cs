using System.Diagnostics.Metrics;

namespace Veltrix.Silo.Spreading;

/// <summary>What a silo hands to others.</summary>
internal sealed class SpreadMetrics
{
    public const string MeterName = "Veltrix.Spread";

    private readonly Counter<long> _moves;

    public SpreadMetrics(IMeterFactory meters) => _moves = meters.Create(MeterName).CreateCounter<long>(
        "veltrix.spread.moves", "{move}", "Grains that went to another silo: settle to their place, follow to their region or to where there is room, leave a silo that stops");

    public void Moved(string why) => _moves.Add(1, new KeyValuePair<string, object?>("why", why));
}
