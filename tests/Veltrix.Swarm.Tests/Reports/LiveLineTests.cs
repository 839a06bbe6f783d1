using Veltrix.Commands.Swarm.Reports;

namespace Veltrix.Swarm.Tests.Reports;

public sealed class LiveLineTests
{
    private static readonly LiveFigures Figures = new(12, 3000, 11_999.6, 0.61, 3.26, 7, 1, 2);

    [Fact]
    public void Show_NoTerminal_WritesAPlainLineEveryFiveSeconds()
    {
        using var output = new StringWriter();
        var line = new LiveLine(output, terminal: false);
        for (var i = 0; i < 11; i++)
        {
            line.Show("measure", Figures);
        }

        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal("measure    12 s  3,000 players  12,000 acks/s  p50 0.6 ms  p99 3.3 ms  unanswered 7  wrong 1  reconnects 2", lines[0]);
    }

    [Fact]
    public void Show_Terminal_WritesOneLineOverAndOver()
    {
        using var output = new StringWriter();
        var line = new LiveLine(output, terminal: true);

        line.Show("measure", Figures with { Wrong = 1_000_000 });
        line.Show("measure", Figures);
        line.Say("wrong: something");

        var text = output.ToString();
        Assert.Equal(4, text.Count(letter => letter == '\r'));
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith("wrong: something" + Environment.NewLine, text, StringComparison.Ordinal);
    }
}
