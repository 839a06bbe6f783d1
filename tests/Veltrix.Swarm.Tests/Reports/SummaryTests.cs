using System.Text.Json;
using Veltrix.Commands.Swarm.Reports;

namespace Veltrix.Swarm.Tests.Reports;

public sealed class SummaryTests
{
    private static readonly Summary Good = new()
    {
        Players = 3000,
        Seconds = 60,
        Sent = 780_000,
        Acked = 780_000,
        Unanswered = 0,
        Wrong = 0,
        Rejected = new SortedDictionary<string, long> { ["blocked"] = 5, ["too-far"] = 1 },
        Reconnects = 0,
        Rate = 12_000.1,
        LatencyMs = new LatencySummary(0.5, 0.9, 2.25, 4, 17.125),
        CpuSeconds = 24.5,
        MaxRssMb = 310.2,
        Ledger = new LedgerSummary(100, 2000, 100, 2000, 0, "ok"),
        CpuUsPerCommand = 34.028,
        SwarmCpuSeconds = 14,
        SwarmCpuUsPerCommand = 19.444,
        LateMs = new LatencySummary(0.1, 0.2, 0.3, 0.4, 0.5),
        Hunt = "swarm-1",
    };

    [Fact]
    public void ToJson_AnySummary_HasTheAgreedNamesInTheAgreedOrder() => Assert.Equal(
        """
        {"players":3000,"seconds":60,"sent":780000,"acked":780000,"unanswered":0,"wrong":0,"rejected":{"blocked":5,"too-far":1},"reconnects":0,"rate":12000.1,
        "latency_ms":{"p50":0.5,"p90":0.9,"p99":2.25,"p999":4,"max":17.125},"cpu_seconds":24.5,"max_rss_mb":310.2,
        "ledger":{"entries":100,"points":2000,"expected_entries":100,"expected_points":2000,"duplicates":0,"chain":"ok"},
        "cpu_us_per_command":34.028,"swarm_cpu_seconds":14,"swarm_cpu_us_per_command":19.444,"late_ms":{"p50":0.1,"p90":0.2,"p99":0.3,"p999":0.4,"max":0.5},
        "hunt":"swarm-1","failed":[]}
        """.ReplaceLineEndings(""),
        Good.ToJson());

    [Fact]
    public void ToJson_ServerThatDoesNotTell_HasNulls()
    {
        using var json = JsonDocument.Parse((Good with { CpuSeconds = null, MaxRssMb = null, CpuUsPerCommand = null }).ToJson());

        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("cpu_seconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("max_rss_mb").ValueKind);
    }

    [Fact]
    public void Verdict_GoodRun_HasNothingToSay() => Assert.Empty(Verdict.Of(Good, 0));

    public static TheoryData<string> Faults => ["sent", "wrong", "unanswered", "sessions", "entries", "points", "duplicates", "chain"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Verdict_OneFault_IsSaidInOneSentence(string fault)
    {
        var bad = fault switch
        {
            "sent" => Good with { Sent = 0 },
            "wrong" => Good with { Wrong = 1 },
            "unanswered" => Good with { Unanswered = 1 },
            "entries" => Good with { Ledger = Good.Ledger with { Entries = 99 } },
            "points" => Good with { Ledger = Good.Ledger with { ExpectedPoints = 1 } },
            "duplicates" => Good with { Ledger = Good.Ledger with { Duplicates = 1 } },
            "chain" => Good with { Ledger = Good.Ledger with { Chain = "entry 3 of shard 1 does not have the hash of its content" } },
            _ => Good,
        };

        Assert.Single(Verdict.Of(bad, fault == "sessions" ? 1 : 0));
    }

    [Fact]
    public void Table_NoTerminal_IsPlainAndHasEveryFigure()
    {
        using var output = new StringWriter();

        SummaryTable.Write(output, terminal: false, Good with { Failed = ["[x] broke"] });

        var text = output.ToString();
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("780,000 / 780,000 / 0", text, StringComparison.Ordinal);
        Assert.Contains("blocked 5, too-far 1", text, StringComparison.Ordinal);
        Assert.Contains("Does not hold: [x] broke", text, StringComparison.Ordinal);
    }
}
