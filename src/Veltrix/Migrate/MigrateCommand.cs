using System.CommandLine;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Silo;

namespace Veltrix.Commands.Migrate;

/// <summary><c>veltrix migrate</c>: makes a cluster's tables in its database, or brings them up to date.</summary>
internal static class MigrateCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var postgres = PostgresOption.Create();
        var wait = new Option<bool>("--wait") { Description = "Change nothing: wait until somebody else has done it. For what has to start after the migration." };
        var command = new Command("migrate", "Make the cluster's tables in PostgreSQL, or bring them up to date. It waits for a database that is not up yet.") { postgres, wait };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(postgres), parsed.GetValue(wait), Console.Out, Console.Error, cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(string? connection, bool wait, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        // The command line hears signals only once it has this task: nobody may be told anything before, who could then answer with one.
        await Task.Yield();
        NpgsqlDataSource database;
        try
        {
            database = PostgresOption.Open(connection);
        }
        catch (PostgresStorageException problem)
        {
            await progress.WriteLineAsync(problem.Message);
            return ExitCodes.BadUsage;
        }

        await using (database)
        {
            try
            {
                await PostgresAvailability.WaitAsync(database, progress.WriteLine, TimeProvider.System, cancellationToken);
                var migrator = new PostgresMigrator(database, ClusterSchemas.All);
                if (wait)
                {
                    await WaitAsync(migrator, progress, cancellationToken);
                    await output.WriteLineAsync("The database is up to date.");
                    return ExitCodes.Ok;
                }

                var run = await migrator.MigrateAsync(cancellationToken);
                await output.WriteLineAsync(run.IsEmpty
                    ? "The database was up to date: there was nothing to do."
                    : $"The database is up to date now: ran {string.Join(", ", run)}.");
                return ExitCodes.Ok;
            }
            catch (PostgresStorageException refused)
            {
                await progress.WriteLineAsync(refused.Message);
            }
            catch (NpgsqlException lost)
            {
                await progress.WriteLineAsync($"The database broke off: {lost.Message} What was done stays; run `veltrix migrate` again.");
            }
            catch (OperationCanceledException)
            {
                await progress.WriteLineAsync("Stopped. What was done stays; run `veltrix migrate` again.");
            }

            return ExitCodes.Failed;
        }
    }

    private static async Task WaitAsync(PostgresMigrator migrator, TextWriter progress, CancellationToken cancellationToken)
    {
        string? told = null;
        while (await migrator.LackAsync(cancellationToken) is { } lack)
        {
            if (!string.Equals(told, lack, StringComparison.Ordinal))
            {
                told = lack;
                await progress.WriteLineAsync($"{lack}: waiting until another `veltrix migrate` has run.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
