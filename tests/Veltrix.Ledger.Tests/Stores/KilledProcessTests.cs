using System.Diagnostics;
using System.Globalization;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Verification;

namespace Veltrix.Ledger.Tests.Stores;

public sealed class KilledProcessTests : IDisposable
{
    private const int Kills = 3;
    private const int AcknowledgedBeforeKill = 2_000;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Kill9_InTheMiddleOfCommits_KeepsEveryAcknowledgedEntryOnce()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            var path = _temp.File($"ledger-{kill}.db");
            var acknowledged = await AppendUntilKilledAsync(path);

            // As it was left, and then after the next start has taken the log over.
            await AssertHoldsAsync(path);
            using (var store = Drafts.OpenSqlite(path))
            {
                foreach (var (shard, sequence, position) in acknowledged)
                {
                    var receipt = await store.FindAsync(Drafts.Hunt, Drafts.Operation(shard, sequence));
                    Assert.Equal((EntryStatus.Repeated, position), (receipt?.Status, receipt?.Position));
                }
            }

            await AssertHoldsAsync(path);
        }
    }

    private static async Task<List<(int Shard, ulong Sequence, long Position)>> AppendUntilKilledAsync(string path)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Veltrix.Ledger.Appender.dll"));
        start.ArgumentList.Add(path);
        using var process = Process.Start(start)!;
        var acknowledged = new List<(int, ulong, long)>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be cut in the middle: then it was not read as an acknowledgement.
            if (line.Split(' ') is [var shard, var sequence, var position] && position.Length > 0)
            {
                acknowledged.Add((Number<int>(shard), Number<ulong>(sequence), Number<long>(position)));
            }

            if (acknowledged.Count == AcknowledgedBeforeKill)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        Assert.True(acknowledged.Count >= AcknowledgedBeforeKill, $"The appender ended after {acknowledged.Count} lines.");

        // A cut number would be a wrong one.
        acknowledged.RemoveAt(acknowledged.Count - 1);
        return acknowledged;

        static T Number<T>(string text)
            where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
    }

    private static async Task AssertHoldsAsync(string path)
    {
        await using var audit = new SqliteLedgerAudit(path);
        var report = await new LedgerVerifier(audit).VerifyAsync();
        Assert.Null(report.Problem);
        Assert.True(report.Entries >= AcknowledgedBeforeKill);
    }
}
