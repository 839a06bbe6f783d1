using System.CommandLine;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Silo;

namespace Veltrix.Commands.Migrate;

/// <summary><c>veltrix migrate</c>: makes a cluster's tables in its database, or brings them up to date.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var postgres = PostgresOption.Create();
        var command = new Command("migrate", "Make the cluster's tables in PostgreSQL, or bring them up to date. It waits for a database that is not up yet.") { postgres };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(postgres), Console.Out, Console.Error, cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(string? connection, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
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
                var run = await new PostgresMigrator(database, ClusterSchemas.All).MigrateAsync(cancellationToken);
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
}
