using System.Diagnostics.Metrics;

namespace Veltrix.Ledger;

/// <summary>The ledger's instruments.</summary>
public sealed class LedgerMetrics
{
    /// <summary>The meter's name, for those who collect.</summary>
    public const string MeterName = "Veltrix.Ledger";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    };

    private static readonly InstrumentAdvice<int> Drafts = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };

    private readonly Counter<long> _drafts;
    private readonly UpDownCounter<long> _waiting;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _boardRetries;
    private readonly Histogram<double> _commit;
    private readonly Histogram<int> _commitRows;
    private readonly Histogram<double> _checkpoint;

    public LedgerMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _drafts = meter.CreateCounter<long>("veltrix.ledger.drafts", "{draft}", "Drafts that were answered, by what became of them");
        _faults = meter.CreateCounter<long>("veltrix.ledger.faults", "{fault}", "Commits whose outcome is unknown");
        _fenced = meter.CreateCounter<long>("veltrix.ledger.fenced", "{group}", "Groups that another activation of their shard had overtaken");
        _boardRetries = meter.CreateCounter<long>("veltrix.ledger.board.retries", "{call}", "Calls to a board that failed and are made again");
        _commit = meter.CreateHistogram<double>("veltrix.ledger.commit.duration", "s", "From a transaction's begin until it is on disk", tags: null, Seconds);
        _commitRows = meter.CreateHistogram<int>("veltrix.ledger.commit.drafts", "{draft}", "Drafts in one transaction", tags: null, Drafts);
        _waiting = meter.CreateUpDownCounter<long>("veltrix.ledger.waiting", "{draft}", "Drafts that wait for the transaction after the one under way");
        _checkpoint = meter.CreateHistogram<double>("veltrix.ledger.checkpoint.duration", "s", "Carrying the write-ahead log over into the database");

        // What has never happened is shown as 0: an alert needs the value before the first time.
        _faults.Add(0);
        _fenced.Add(0);
        _boardRetries.Add(0);
    }

    internal void Answered(EntryStatus status, int count = 1) => _drafts.Add(count, Tag(status));

    internal void Waiting(int drafts) => _waiting.Add(drafts);

    internal void Faulted() => _faults.Add(1);

    internal void Fenced() => _fenced.Add(1);

    internal void BoardFailed() => _boardRetries.Add(1);

    internal void Committed(TimeSpan took, int drafts)
    {
        _commit.Record(took.TotalSeconds);
        _commitRows.Record(drafts);
    }

    internal void CheckpointDone(TimeSpan took) => _checkpoint.Record(took.TotalSeconds);

    // The names are written here so that an answer costs no string.
    private static KeyValuePair<string, object?> Tag(EntryStatus status) => new(
        "status",
        status switch
        {
            EntryStatus.Recorded => "recorded",
            EntryStatus.Repeated => "repeated",
            EntryStatus.Taken => "taken",
            EntryStatus.Sealed => "sealed",
            EntryStatus.Busy => "busy",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No status of an entry."),
        });
}
