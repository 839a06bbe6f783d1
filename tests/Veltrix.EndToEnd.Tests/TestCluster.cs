using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>A cluster of real processes on one database, each on ports that were free; whoever still runs at the end is killed.</summary>
internal sealed partial class TestCluster(string connectionString) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<ChildProcess> _processes = [];

    /// <summary>The operator's key of all gateways.</summary>
    public string Key { get; } = "vop_" + RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>What every process of the cluster finds in its environment.</summary>
    public Dictionary<string, string> Environment => field ??= new()
    {
        ["VELTRIX_POSTGRES"] = connectionString,
        ["VELTRIX_SECRET"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["VELTRIX_OPERATOR_KEYS"] = Key,
        ["VELTRIX_OPERATOR_KEY"] = Key,

        // As in a pod.
        ["DOTNET_TC_QuickJit"] = "1",

        // A machine that runs the tests of everything may keep a starting silo from its processor for seconds, and none of these tests is about time.
        ["Veltrix__Cluster__MissedProbes"] = "6",
    };

    public static Uri FreeAddress() => new($"http://127.0.0.1:{VeltrixProcess.FreePort()}");

    public ChildProcess Start(params string[] arguments)
    {
        var process = VeltrixProcess.Start(arguments, Environment);
        _processes.Add(process);
        return process;
    }

    /// <summary>Starts a silo on free ports, or on those that are given, and does not wait for it.</summary>
    public ChildProcess StartSilo(Uri health, params string[] more) => Start(
        ["silo", "--url", Text(health), "--silo-port", Text(VeltrixProcess.FreePort()), "--client-port", Text(VeltrixProcess.FreePort()), .. more]);

    public ChildProcess StartGateway(Uri address, params string[] more) => Start(["gateway", "--url", Text(address), .. more]);

    public static Task UpAsync(ChildProcess process) => process.LineAsync("it was up", line => UpLine().IsMatch(line), Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^The (silo|gateway) is up", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UpLine();
}
