using Spectre.Console;

namespace Veltrix.Commands.Swarm.Reports;

/// <summary>Where tables for people are drawn: with colours on a terminal, plain elsewhere.</summary>
internal static class ReportConsole
{
    public static IAnsiConsole Create(TextWriter output, bool terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new Output(output, terminal),
    });

    /// <summary>Spectre.Console asks its output for a width; a writer that is no terminal gets one that fits every row.</summary>
    private sealed class Output(TextWriter writer, bool terminal) : IAnsiConsoleOutput
    {
        private const int PlainWidth = 120;

        public TextWriter Writer => writer;

        public bool IsTerminal => terminal;

        public int Width => terminal && !Console.IsErrorRedirected ? Math.Max(Console.WindowWidth, 60) : PlainWidth;

        public int Height => 24;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
