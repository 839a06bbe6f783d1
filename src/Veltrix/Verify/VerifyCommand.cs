using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Veltrix.Contracts;
using Veltrix.Hosting.Storage;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Verification;

namespace Veltrix.Commands.Verify;

/// <summary><c>veltrix verify</c>: walks a ledger and says what was checked, or which entry is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder of `veltrix up`.", Required = true };
        var hunt = new Option<string?>("--hunt") { Description = "Check this hunt only." };
        var command = new Command("verify", "Walk the ledger's chains, recompute every standing and compare them with the boards.") { data, hunt };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(hunt), Console.Out, Console.Error, cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(
        DirectoryInfo data, string? hunt, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        HuntId id = default;
        if (hunt is not null && !HuntId.TryParse(hunt, out id))
        {
            await progress.WriteLineAsync($"'{hunt}' cannot be a hunt's id: give 1 to 40 of a-z, 0-9 and '-', not first or last.");
            return ExitCodes.BadUsage;
        }

        var path = DataFolder.LedgerFileIn(data.FullName);
        if (!File.Exists(path))
        {
            await progress.WriteLineAsync($"There is no ledger in '{data.FullName}': give the folder that `veltrix up --data` was given.");
            return ExitCodes.BadUsage;
        }

        await progress.WriteLineAsync($"Reading '{path}' as it is now. A server that runs on it is not disturbed; what it writes from here on is not checked.");
        LedgerReport report;
        try
        {
            await using var audit = new SqliteLedgerAudit(path);
            var verifier = new LedgerVerifier(audit, new Lines(progress));
            report = await verifier.VerifyAsync(hunt is null ? null : id, cancellationToken);
        }
        catch (SqliteException problem)
        {
            await output.WriteLineAsync($"Wrong: the file '{path}' cannot be read as a ledger: {problem.Message}");
            return ExitCodes.Failed;
        }

        var scope = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Hunts:N0} hunts, {report.Shards:N0} shards, {report.Entries:N0} entries, {report.Points:N0} points, {report.Players:N0} players");
        if (report.Problem is { } wrong)
        {
            await output.WriteLineAsync($"Wrong: {wrong} (what was checked before it: {scope})");
            return ExitCodes.Failed;
        }

        await output.WriteLineAsync($"Checked {scope}, {report.Erased:N0} erased texts: all chains, keys, totals and boards hold.");
        return ExitCodes.Ok;
    }

    private sealed class Lines(TextWriter writer) : IProgress<long>
    {
        public void Report(long value) => writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value:N0} entries"));
    }
}
