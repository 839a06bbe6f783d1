using System.Diagnostics;
using System.Reflection;

namespace Veltrix.Commands;

/// <summary>How this program starts itself again, as a process with another command.</summary>
internal static class OwnProgram
{
    /// <summary>The file to run, and what comes before the command on its line.</summary>
    public static (string File, IReadOnlyList<string> First) Line
    {
        get
        {
            var file = Environment.ProcessPath!;
            return (file, Path.GetFileNameWithoutExtension(file).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [Assembly.GetExecutingAssembly().Location] : []);
        }
    }

    public static ProcessStartInfo Start()
    {
        var (file, first) = Line;
        return new ProcessStartInfo(file, first) { UseShellExecute = false };
    }
}
