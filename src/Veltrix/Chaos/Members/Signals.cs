using System.Runtime.InteropServices;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>POSIX signals.</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private static readonly bool Bsd = OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD();

    public static int Continue => Bsd ? 19 : 18;

    public static int Stop => Bsd ? 17 : 19;

    /// <summary>Sends one to a process; false when there is no such process any more.</summary>
    public static bool Send(int process, int signal) => SendSignal(process, signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
