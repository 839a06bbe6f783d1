using System.Globalization;
using Spectre.Console;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>The summary for people.</summary>
internal static class SummaryTable
{
    public static void Write(TextWriter output, bool terminal, Summary summary)
    {
        var console = ReportConsole.Create(output, terminal);
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("swarm").AddColumn(new TableColumn("").RightAligned());
        foreach (var (name, value) in Rows(summary))
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        console.Write(table);
        if (summary.Failed.Count == 0)
        {
            console.MarkupLine("[green]Every check held.[/]");
        }

        foreach (var failed in summary.Failed)
        {
            console.MarkupLine($"[red]Does not hold:[/] {Markup.Escape(failed)}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(Summary summary)
    {
        yield return ("hunt", summary.Hunt);
        yield return ("players", Text($"{summary.Players:N0}"));
        yield return ("measured", Text($"{summary.Seconds:F1} s"));
        yield return ("sent / acked / unanswered", Text($"{summary.Sent:N0} / {summary.Acked:N0} / {summary.Unanswered:N0}"));
        yield return ("wrong", Text($"{summary.Wrong:N0}"));
        yield return ("refused", summary.Rejected.Count == 0 ? "none" : string.Join(", ", summary.Rejected.Select(refused => Text($"{refused.Key} {refused.Value:N0}"))));
        yield return ("reconnects", Text($"{summary.Reconnects:N0}"));
        yield return ("acks a second", Text($"{summary.Rate:N0}"));
        yield return ("latency p50 / p90 / p99", Text($"{summary.LatencyMs.P50:F2} / {summary.LatencyMs.P90:F2} / {summary.LatencyMs.P99:F2} ms"));
        yield return ("latency p99.9 / max", Text($"{summary.LatencyMs.P999:F2} / {summary.LatencyMs.Max:F2} ms"));
        yield return ("sent late p50 / p99", Text($"{summary.LateMs.P50:F2} / {summary.LateMs.P99:F2} ms"));
        yield return ("server CPU", summary is { CpuSeconds: { } cpu, CpuUsPerCommand: { } each } ? Text($"{cpu:F1} s, {each:F1} µs a command") : "not known");
        yield return ("server memory", summary.MaxRssMb is { } memory ? Text($"{memory:F0} MB") : "not known");
        yield return ("swarm CPU", Text($"{summary.SwarmCpuSeconds:F1} s, {summary.SwarmCpuUsPerCommand:F1} µs a command"));
        yield return ("ledger entries / expected", Text($"{summary.Ledger.Entries:N0} / {summary.Ledger.ExpectedEntries:N0}"));
        yield return ("ledger points / expected", Text($"{summary.Ledger.Points:N0} / {summary.Ledger.ExpectedPoints:N0}"));
        yield return ("duplicates", Text($"{summary.Ledger.Duplicates:N0}"));
        yield return ("chain", summary.Ledger.Chain);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
