using System.Globalization;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>What the live line shows.</summary>
internal readonly record struct LiveFigures(
    double Seconds, int Players, double Rate, double P50, double P99, long Unanswered, long Wrong, long Reconnects)
{
    public string Line(string phase) => string.Create(
        CultureInfo.InvariantCulture,
        $"{phase,-7} {Seconds,5:F0} s  {Players:N0} players  {Rate:N0} acks/s  p50 {P50:F1} ms  p99 {P99:F1} ms  unanswered {Unanswered:N0}  wrong {Wrong:N0}  reconnects {Reconnects:N0}");
}

/// <summary>
/// Progress on standard error: one line that is written over and over on a terminal, plain lines every five seconds elsewhere.
/// </summary>
internal sealed class LiveLine(TextWriter output, bool terminal)
{
    private const int PlainEvery = 5;
    private readonly Lock _gate = new();
    private int _shown;
    private int _width;

    /// <summary>Shows the figures of a second.</summary>
    public void Show(string phase, in LiveFigures figures)
    {
        lock (_gate)
        {
            if (terminal)
            {
                Overwrite(figures.Line(phase));
            }
            else if (++_shown % PlainEvery == 0)
            {
                output.WriteLine(figures.Line(phase));
            }
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            if (_width > 0)
            {
                Overwrite("");
                output.Write('\r');
                _width = 0;
            }

            output.WriteLine(line);
        }
    }

    private void Overwrite(string line)
    {
        output.Write('\r' + line.PadRight(_width));
        _width = line.Length;
        output.Flush();
    }
}
