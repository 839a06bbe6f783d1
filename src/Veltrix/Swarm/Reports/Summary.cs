using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>
/// The summary of a run, as its JSON has it. Whatever says that nothing was lost (sent, acked, unanswered, wrong, rejected, reconnects and the
/// ledger) counts the whole run, the warm-up too; whatever tells how quick it was (rate, latency, CPU) is of the measured window only.
/// </summary>
internal sealed record Summary
{
    /// <summary>How many players took part.</summary>
    public required int Players { get; init; }

    /// <summary>The length of the measured window.</summary>
    public required double Seconds { get; init; }

    /// <summary>Commands that were due and handed to a socket.</summary>
    public required long Sent { get; init; }

    /// <summary>Commands that were answered, refusals too; each counts once, however often it was sent.</summary>
    public required long Acked { get; init; }

    /// <summary>Commands without an answer when the swarm had waited long enough.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Answers, standings and entries that differ from what the swarm's own model of the hunt says.</summary>
    public required long Wrong { get; init; }

    /// <summary>Answers other than ok, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Rejected { get; init; }

    /// <summary>How often a socket was lost and the session resumed.</summary>
    public required long Reconnects { get; init; }

    /// <summary>Answers a second in the measured window.</summary>
    public required double Rate { get; init; }

    /// <summary>From the time at which a command was scheduled to its answer's arrival; unanswered ones count with their age.</summary>
    public required LatencySummary LatencyMs { get; init; }

    /// <summary>CPU time of the server in the measured window, user and system; null where it cannot be known.</summary>
    public required double? CpuSeconds { get; init; }

    /// <summary>The most memory that the server has held; null where it cannot be known.</summary>
    public required double? MaxRssMb { get; init; }

    /// <summary>What the ledger says, against what was acknowledged.</summary>
    public required LedgerSummary Ledger { get; init; }

    /// <summary>The server's CPU microseconds for each answer of the measured window.</summary>
    public double? CpuUsPerCommand { get; init; }

    /// <summary>CPU time of the swarm itself in the measured window.</summary>
    public double SwarmCpuSeconds { get; init; }

    /// <summary>The swarm's own CPU microseconds for each answer of the measured window.</summary>
    public double SwarmCpuUsPerCommand { get; init; }

    /// <summary>By how much the swarm itself sent after the scheduled time.</summary>
    public required LatencySummary LateMs { get; init; }

    /// <summary>The hunt.</summary>
    public string Hunt { get; init; } = "";

    /// <summary>Checks that did not hold, in sentences; empty when all held.</summary>
    public IReadOnlyList<string> Failed { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.Summary);
}

internal sealed record LatencySummary(double P50, double P90, double P99, double P999, double Max)
{
    public static LatencySummary Of(Percentiles percentiles) => new(
        Round(percentiles.P50), Round(percentiles.P90), Round(percentiles.P99), Round(percentiles.P999), Round(percentiles.Max));

    private static double Round(double milliseconds) => Math.Round(milliseconds, 3);
}

/// <param name="Entries">entries in the ledger's export</param>
/// <param name="Points">the sum of their points</param>
/// <param name="ExpectedEntries">entries before the run, what was acknowledged in it, and what others recorded meanwhile</param>
/// <param name="ExpectedPoints">the same for points</param>
/// <param name="Duplicates">operations or claims of one treasure's generation that the ledger has more than once</param>
/// <param name="Chain">"ok" when every entry's hash follows from the one before, else a sentence that names the first bad entry</param>
internal sealed record LedgerSummary(long Entries, long Points, long ExpectedEntries, long ExpectedPoints, long Duplicates, string Chain);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(Summary))]
internal sealed partial class SummaryJson : JsonSerializerContext
{
    static SummaryJson() => Default = new SummaryJson(new JsonSerializerOptions(s_defaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
