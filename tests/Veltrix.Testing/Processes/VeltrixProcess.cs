using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Veltrix.Testing.Processes;

/// <summary>The `veltrix` program as users run it: the executable that lies beside the tests.</summary>
public static partial class VeltrixProcess
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    public static ChildProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, "veltrix"), arguments, environment);

    /// <summary>Starts `veltrix up` on a folder and waits until it serves.</summary>
    /// <returns>the process, its address, and the operator's key when this start made it</returns>
    public static async Task<(ChildProcess Process, Uri Address, string? Key)> UpAsync(string data, int port, params string[] more)
    {
        var process = Start(["up", "--data", data, "--url", $"http://127.0.0.1:{port}", "--map", "generated:64x64@3", .. more]);
        var line = await process.LineAsync("the hunt", line => line.StartsWith("The hunt ", StringComparison.Ordinal), StartPatience);
        _ = line;
        var address = AddressLine().Match(process.Errors).Groups["url"].Value;
        var key = KeyLine().Match(process.Errors);
        return (process, new Uri(address), key.Success ? key.Value : null);
    }

    /// <summary>
    /// A port that was free a moment ago: for servers that have to come back at the same place. It lies below those that the system hands to outgoing connections:
    /// else one of a crowd that tries to come back could be given the very port that its server had, and be connected to itself.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(13_000, 29_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }

    [GeneratedRegex("is up at (?<url>\\S+) with", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AddressLine();

    [GeneratedRegex("vop_[A-Za-z0-9_-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyLine();
}
