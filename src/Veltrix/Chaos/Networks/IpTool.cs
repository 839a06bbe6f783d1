using System.Diagnostics;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>Linux's `ip`, which makes and changes network namespaces, links and addresses.</summary>
internal static class IpTool
{
    private static readonly string[] Besides = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Where it is; null where it is not. An administrator's programs are not on everybody's PATH.</summary>
    public static string? File { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(Besides).Select(folder => Path.Combine(folder, "ip")).FirstOrDefault(System.IO.File.Exists);

    /// <exception cref="IOException">It refused; the message is its own.</exception>
    public static Task RunAsync(params string[] arguments) => ReadAsync(arguments);

    /// <returns>what it printed</returns>
    /// <exception cref="IOException">It refused; the message is its own.</exception>
    public static async Task<string> ReadAsync(params string[] arguments)
    {
        var (printed, problem) = await StartAsync(arguments);
        return problem is null ? printed : throw new IOException($"ip {string.Join(' ', arguments)}: {problem}");
    }

    /// <returns>null, or what it said of its failure</returns>
    public static async Task<string?> TryAsync(params string[] arguments) => (await StartAsync(arguments)).Problem;

    private static async Task<(string Printed, string? Problem)> StartAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(File!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var ip = Process.Start(start)!;
        var (said, problem) = (ip.StandardOutput.ReadToEndAsync(), ip.StandardError.ReadToEndAsync());
        await ip.WaitForExitAsync();
        return (await said, ip.ExitCode == 0 ? null : (await problem).Trim() is { Length: > 0 } text ? text : $"exit {ip.ExitCode}");
    }
}
