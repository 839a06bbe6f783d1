using System.Diagnostics.Metrics;

namespace Veltrix.Grains.Boards;

/// <summary>How boards keep up with the ledger.</summary>
internal sealed class BoardMetrics
{
    public const string MeterName = "Veltrix.Boards";

    private readonly Counter<long> _entries;
    private readonly Counter<long> _gaps;

    public BoardMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _entries = meter.CreateCounter<long>("veltrix.board.entries", "{entry}", "Entries that calls of the ledger brought");
        _gaps = meter.CreateCounter<long>("veltrix.board.gaps", "{gap}", "Groups that had to be read from the ledger since a call was lost or came twice");
    }

    public void Recorded(long entries) => _entries.Add(entries);

    public void Gap() => _gaps.Add(1);
}
