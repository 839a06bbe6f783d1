using System.Diagnostics.Metrics;

namespace Veltrix.Grains.Regions;

/// <summary>What happens in a silo's regions.</summary>
internal sealed class RegionMetrics
{
    public const string MeterName = "Veltrix.Regions";

    private static readonly string[] ResultNames = [.. Enum.GetNames<CommandResult>().Select(name => name.ToLowerInvariant())];

    private readonly Counter<long> _looks;
    private readonly Counter<long> _digs;
    private readonly Counter<long> _clues;
    private readonly Counter<long> _news;
    private readonly Counter<long> _expired;

    public RegionMetrics(IMeterFactory meters, TurnMetrics turns)
    {
        Turns = turns;
        var meter = meters.Create(MeterName);
        _looks = meter.CreateCounter<long>("veltrix.region.looks", "{look}", "Looks, those across a border counted once a region");
        _digs = meter.CreateCounter<long>("veltrix.region.digs", "{dig}", "Digs by result");
        _clues = meter.CreateCounter<long>("veltrix.region.clues", "{clue}", "Clues that were dropped");
        _news = meter.CreateCounter<long>("veltrix.region.news", "{message}", "News that watchers were sent");
        _expired = meter.CreateCounter<long>("veltrix.region.unheard", "{player}", "Players who were no longer shown, since nothing was heard of them");
    }

    public TurnMetrics Turns { get; }

    public void Looked() => _looks.Add(1);

    public void Dug(CommandResult result) => _digs.Add(1, new KeyValuePair<string, object?>("result", ResultNames[(int)result]));

    public void ClueDropped() => _clues.Add(1);

    public void NewsSent(int watchers) => _news.Add(watchers);

    public void Unheard() => _expired.Add(1);
}
