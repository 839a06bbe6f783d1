using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Veltrix.Commands.Chaos.Felt;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Swarm.Reports;

namespace Veltrix.Commands.Chaos.Reports;

/// <summary>What a run of chaos came to.</summary>
/// <param name="Seed">what decided the plan and the players</param>
/// <param name="Swarm">the swarm's own summary</param>
/// <param name="Problems">what does not hold, in sentences; empty when all holds</param>
/// <param name="Line">what was done</param>
/// <param name="Book">what players felt</param>
/// <param name="Plan">what was planned</param>
/// <param name="Undone">planned deeds that were left undone, since somebody interrupted the run</param>
/// <param name="LeftOut">what could not be done here, and why</param>
/// <param name="LogErrors">lines of level Error that the cluster's processes wrote</param>
internal sealed record ChaosReport(
    ulong Seed, Summary Swarm, IReadOnlyList<string> Problems, TimeLine Line, PhaseBook Book, ChaosPlan Plan, int Undone, IReadOnlyList<string> LeftOut, long LogErrors)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What was felt of each kind of happening, the deeds by name and then the rest.</summary>
    public IReadOnlyList<PhaseSummary> Phases =>
    [
        .. Line.Happenings.GroupBy(happening => happening.Name, StringComparer.Ordinal).OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => new PhaseSummary(kind.Key, kind.Count(), Phase.Sum(kind.Select(happening => happening.Phase)))),
        .. Book.Others.Select(other => new PhaseSummary(other.Name, other.Name == PhaseBook.GrainName ? Line.Grains.Count : 1, other.Waits)),
    ];

    /// <summary>One object: the swarm's summary, with what chaos adds to it.</summary>
    public string ToJson()
    {
        var json = JsonNode.Parse((Swarm with { Failed = Problems }).ToJson())!.AsObject();
        json["seed"] = Seed;
        json["planned"] = Plan.Deeds.Length;
        json["undone"] = Undone;
        json["left_out"] = new JsonArray([.. LeftOut.Select(sentence => JsonValue.Create(sentence))]);
        json["log_errors"] = LogErrors;
        json["events"] = new JsonArray([.. Line.Happenings.Select(EventOf)]);
        json["grains"] = new JsonArray([.. Line.Grains.Select(grain => new JsonObject { ["at"] = Round(grain.At), ["grain"] = grain.Grain })]);
        json["missed_grains"] = Line.MissedGrains;
        json["phases"] = new JsonArray([.. Phases.Select(PhaseOf)]);
        json["longest_wait_ms"] = new JsonObject(Phases.Select(phase => KeyValuePair.Create(phase.Name, (JsonNode?)Round(phase.Waits.Longest))));
        return json.ToJsonString(Plain);
    }

    private static JsonObject EventOf(Happening happening)
    {
        var waits = happening.Phase.Waits;
        return new JsonObject
        {
            ["at"] = Round(happening.At),
            ["event"] = happening.Name,
            ["process"] = happening.Whom,
            ["note"] = happening.Note,
            ["p99_ms"] = Round(waits.P99),
            ["longest_wait_ms"] = Round(waits.Longest),
        };
    }

    private static JsonObject PhaseOf(PhaseSummary phase) => new()
    {
        ["phase"] = phase.Name,
        ["times"] = phase.Times,
        ["answers"] = phase.Waits.Answers,
        ["p50_ms"] = Round(phase.Waits.P50),
        ["p99_ms"] = Round(phase.Waits.P99),
        ["longest_wait_ms"] = Round(phase.Waits.Longest),
    };

    private static double Round(double value) => Math.Round(value, 3);
}

/// <param name="Name">the kind of happening</param>
/// <param name="Times">how often it happened</param>
/// <param name="Waits">what was felt of all of them</param>
internal sealed record PhaseSummary(string Name, int Times, Waits Waits);
