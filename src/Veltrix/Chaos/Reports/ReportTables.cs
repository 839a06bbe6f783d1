using System.Globalization;
using Spectre.Console;
using Veltrix.Commands.Swarm.Reports;

namespace Veltrix.Commands.Chaos.Reports;

/// <summary>The report for people: what was done, what was felt of it, the swarm's table and the verdict.</summary>
internal static class ReportTables
{
    public static void Write(TextWriter output, bool terminal, ChaosReport report)
    {
        var console = ReportConsole.Create(output, terminal);
        console.WriteLine();
        console.Write(TimeLine(report));
        console.WriteLine(Text(
            $"Grains deactivated: {report.Line.Grains.Count:N0} ({Kinds(report)}); {report.Line.MissedGrains:N0} could not be reached. Planned deeds that were left undone: {report.Undone}."));
        foreach (var sentence in report.LeftOut)
        {
            console.WriteLine(sentence);
        }

        console.Write(Phases(report));
        SummaryTable.Write(output, terminal, report.Swarm with { Failed = report.Problems });
    }

    private static Table TimeLine(ChaosReport report)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(Right("at")).AddColumn("what").AddColumn("process").AddColumn("and then").AddColumn(Right("longest wait")).AddColumn(Right("p99"));
        foreach (var happening in report.Line.Happenings)
        {
            var waits = happening.Phase.Waits;
            table.AddRow(
                Text($"{happening.At:F1} s"), happening.Name, happening.Whom, Markup.Escape(happening.Note), Text($"{waits.Longest:F0} ms"), Text($"{waits.P99:F0} ms"));
        }

        return table;
    }

    private static Table Phases(ChaosReport report)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("phase").AddColumn(Right("times")).AddColumn(Right("answers")).AddColumn(Right("p50")).AddColumn(Right("p99")).AddColumn(Right("longest wait"));
        foreach (var (name, times, waits) in report.Phases)
        {
            table.AddRow(name, Text($"{times:N0}"), Text($"{waits.Answers:N0}"), Text($"{waits.P50:F1} ms"), Text($"{waits.P99:F0} ms"), Text($"{waits.Longest:F0} ms"));
        }

        return table;
    }

    private static string Kinds(ChaosReport report) => string.Join(", ", report.Line.Grains
        .GroupBy(grain => grain.Grain.Split('/')[0], StringComparer.Ordinal)
        .OrderBy(kind => kind.Key, StringComparer.Ordinal)
        .Select(kind => Text($"{kind.Key} {kind.Count():N0}")));

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
