using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Veltrix.Contracts;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Verification;

namespace Veltrix.Commands.Verify;

/// <summary><c>veltrix verify</c>: walks a ledger and says what was checked, or which entry is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder of `veltrix up`." };
        var postgres = PostgresOption.Create();
        var hunt = new Option<string?>("--hunt") { Description = "Check this hunt only." };
        var command = new Command("verify", "Walk the ledger's chains, recompute every standing and compare them with the boards.") { data, postgres, hunt };
        command.SetAction((parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(data);
            var connection = folder is null ? PostgresOption.Given(parsed.GetValue(postgres)) : parsed.GetValue(postgres);
            return RunAsync(folder, connection, parsed.GetValue(hunt), Console.Out, Console.Error, cancellationToken);
        });
        return command;
    }

    internal static async Task<int> RunAsync(
        DirectoryInfo? data, string? postgres, string? hunt, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        HuntId id = default;
        if (hunt is not null && !HuntId.TryParse(hunt, out id))
        {
            await progress.WriteLineAsync($"'{hunt}' cannot be a hunt's id: give 1 to 40 of a-z, 0-9 and '-', not first or last.");
            return ExitCodes.BadUsage;
        }

        HuntId? only = hunt is null ? null : id;
        switch (data, postgres)
        {
            case ({ } folder, null):
                return await VerifyFolderAsync(folder, only, output, progress, cancellationToken);

            case (null, { Length: > 0 } connection):
                return await VerifyPostgresAsync(connection, only, output, progress, cancellationToken);

            default:
                await progress.WriteLineAsync(
                    $"Give either --data with the folder of `veltrix up`, or --postgres (or the environment variable {PostgresOption.Variable}) with a cluster's database.");
                return ExitCodes.BadUsage;
        }
    }

    private static async Task<int> VerifyFolderAsync(
        DirectoryInfo data, HuntId? only, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        var path = DataFolder.LedgerFileIn(data.FullName);
        if (!File.Exists(path))
        {
            await progress.WriteLineAsync($"There is no ledger in '{data.FullName}': give the folder that `veltrix up --data` was given.");
            return ExitCodes.BadUsage;
        }

        try
        {
            await using var audit = new SqliteLedgerAudit(path);
            return await VerifyAsync(audit, $"'{path}'", only, output, progress, cancellationToken);
        }
        catch (SqliteException problem)
        {
            await output.WriteLineAsync($"Wrong: the file '{path}' cannot be read as a ledger: {problem.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> VerifyPostgresAsync(
        string postgres, HuntId? only, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        PostgresLedgerAudit audit;
        try
        {
            audit = await PostgresLedgerAudit.OpenAsync(postgres, cancellationToken);
        }
        catch (PostgresStorageException problem)
        {
            await progress.WriteLineAsync(problem.Message);
            return ExitCodes.BadUsage;
        }
        catch (InvalidDataException problem)
        {
            await progress.WriteLineAsync($"There is nothing to verify, {problem.Message}: give the database of `veltrix silo`.");
            return ExitCodes.BadUsage;
        }
        catch (NpgsqlException problem)
        {
            await output.WriteLineAsync($"Wrong: the database cannot be reached: {problem.Message}");
            return ExitCodes.Failed;
        }

        await using (audit)
        {
            return await VerifyAsync(audit, $"the database {audit.Place}", only, output, progress, cancellationToken);
        }
    }

    private static async Task<int> VerifyAsync(
        ILedgerAudit audit, string place, HuntId? only, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync($"Reading {place} as it is now. Servers that run on it are not disturbed; what they write from here on is not checked.");
        var report = await new LedgerVerifier(audit, new Lines(progress)).VerifyAsync(only, cancellationToken);
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
