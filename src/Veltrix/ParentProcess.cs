using System.Globalization;
using System.Runtime.InteropServices;

namespace Veltrix.Commands;

/// <summary>
/// Ties a process that this program starts to its parent: the parent's end, however it comes, ends the child too, even one that stands still. Beyond that the child
/// hears no Ctrl-C of the terminal: that is for the parent, which decides when its children go. On Linux only; elsewhere nothing happens.
/// </summary>
internal static class ParentProcess
{
    /// <summary>In a child's environment: its parent's process id.</summary>
    public const string Variable = "VELTRIX_PARENT";

    private const int SetParentDeathSignal = 1;
    private const nuint Kill = 9;

    /// <summary>In the child, before anything else. The kernel means the parent's thread: the parent starts children on one that lives as long as the process.</summary>
    public static void Follow()
    {
        if (!OperatingSystem.IsLinux() || !int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var parent))
        {
            return;
        }

        _ = SetGroup(0, 0);
        _ = Control(SetParentDeathSignal, Kill, 0, 0, 0);
        if (GetParent() != parent)
        {
            // It went before it could be followed.
            Environment.Exit(ExitCodes.Failed);
        }
    }

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [DllImport("libc", EntryPoint = "setpgid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetGroup(int process, int group);

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetParent();
}
