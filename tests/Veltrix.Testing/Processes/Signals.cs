using System.Runtime.InteropServices;

namespace Veltrix.Testing.Processes;

/// <summary>POSIX signals to a process that a test started.</summary>
internal static partial class Signals
{
    public const int Terminate = 15;

    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"kill -{signal} {process} failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
