using System.Runtime.InteropServices;

namespace Veltrix.Commands.Swarm;

/// <summary>Open files of this process: each socket is one.</summary>
internal static class Descriptors
{
    /// <summary>What a process needs beside its players' sockets: REST connections, the runtime's own files.</summary>
    private const int Others = 300;

    /// <summary>One address has about 28,000 ports for connections to one server.</summary>
    private const int Ports = 28_000;

    /// <summary>Raises the soft limit of open files to the hard one, and says whether so many sockets fit.</summary>
    /// <returns>null, or a sentence that says how to mend it</returns>
    public static string? Problem(int sockets)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var resource = OperatingSystem.IsMacOS() ? 8 : 7;
        if (GetLimit(resource, out var limit) != 0)
        {
            return null;
        }

        if (limit.Soft < limit.Hard)
        {
            // What the runtime has not done by itself; where it is not allowed, the soft limit stays and counts.
            var raised = limit with { Soft = limit.Hard };
            _ = SetLimit(resource, in raised);
            _ = GetLimit(resource, out limit);
        }

        return Problem(sockets, limit.Soft);
    }

    internal static string? Problem(int sockets, nuint files)
    {
        if ((nuint)(sockets + Others) > files)
        {
            return $"--players {sockets} needs {sockets + Others} open files and this process may have {files}: "
                + $"raise the limit (ulimit -n {sockets + Others}) or give at most {Math.Max(0, (long)files - Others)} players.";
        }

        return sockets > Ports
            ? $"--players {sockets} is more than the {Ports} connections that one address can have to another: start several swarms on several machines."
            : null;
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    /// <summary>The C library's rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(nuint Soft, nuint Hard);
}
