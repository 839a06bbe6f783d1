using System.CommandLine;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Silo;

namespace Veltrix.Commands.Cluster;

/// <summary>How a process of the cluster begins and ends, whatever it is: database, tables, start, until somebody asks it to stop.</summary>
internal static class ClusterProcess
{
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Runs a process to its end and turns what an operator can mend into a sentence.</summary>
    /// <param name="given">the command line</param>
    /// <param name="connection">the database, as the operator gave it</param>
    /// <param name="compose">builds the process on the database, which is there and has its tables</param>
    /// <param name="ready">what to say once it runs</param>
    /// <param name="cancellationToken">ends it in order</param>
    public static async Task<int> RunAsync(
        ParseResult given, string? connection, Func<WebApplicationBuilder, NpgsqlDataSource, WebApplication> compose, Func<WebApplication, string> ready, CancellationToken cancellationToken)
    {
        // The command line hears signals only once it has this task: nobody may be told anything before, who could then answer with one.
        await Task.Yield();
        try
        {
            await using var database = PostgresOption.Open(connection);
            await PrepareAsync(database, given.GetValue(ClusterSettings.Migrate), cancellationToken);
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "veltrix", Args = [NoReload] });
            ServerLogging.Configure(builder.Logging);

            // What host and silo say of a start that failed is said below, in a sentence.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Critical);

            // The command line turns signals into the token. The host would hear them too, and a start that it breaks off by itself would be a failure.
            builder.Services.AddSingleton<IHostLifetime, NoSignals>();
            await using var app = compose(builder, database);
            await StartAsync(app, cancellationToken);
            await Console.Error.WriteLineAsync(ready(app));
            await using var stopping = cancellationToken.Register(app.Lifetime.StopApplication);
            await app.WaitForShutdownAsync(CancellationToken.None);
            return ExitCodes.Ok;
        }
        catch (OptionsValidationException refused)
        {
            return await Say(ExitCodes.BadUsage, string.Join(Environment.NewLine, refused.Failures));
        }
        catch (Exception refused) when (refused is ClusterSettingsException or PostgresStorageException)
        {
            return await Say(ExitCodes.BadUsage, refused.Message);
        }
        catch (InvalidOperationException refused) when (refused.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal))
        {
            return await Say(ExitCodes.BadUsage, $"{refused.Message} {refused.InnerException?.Message}");
        }
        catch (Exception refused) when (CannotListen(refused))
        {
            return await Say(ExitCodes.BadUsage, $"Cannot listen: {refused.Message.TrimEnd('.')}. Give other ports, or an address of this machine.");
        }
        catch (NpgsqlException lost)
        {
            return await Say(ExitCodes.Failed, $"The database broke off at the start: {lost.Message} Start again.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end before it began.
            return ExitCodes.Ok;
        }
    }

    /// <exception cref="OperationCanceledException">Somebody asked it to end before it had begun.</exception>
    internal static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The port for HTTP comes last: a silo is a member of its cluster by then, and has to leave it in order.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        catch (Exception failed) when (cancellationToken.IsCancellationRequested && failed is not OperationCanceledException)
        {
            // A wait for silos that is broken off ends with what kept it waiting.
            throw new OperationCanceledException(failed.Message, failed, cancellationToken);
        }
    }

    private static bool CannotListen(Exception refused)
    {
        for (var cause = refused; cause is not null; cause = cause.InnerException)
        {
            if (cause is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.AccessDenied })
            {
                return true;
            }
        }

        return false;
    }

    private static async Task PrepareAsync(NpgsqlDataSource database, bool migrate, CancellationToken cancellationToken)
    {
        await PostgresAvailability.WaitAsync(database, Console.Error.WriteLine, TimeProvider.System, cancellationToken);
        var migrator = new PostgresMigrator(database, ClusterSchemas.All);
        if (!migrate)
        {
            await migrator.CheckAsync(cancellationToken);
            return;
        }

        var run = await migrator.MigrateAsync(cancellationToken);
        if (!run.IsEmpty)
        {
            await Console.Error.WriteLineAsync($"The database is up to date now: ran {string.Join(", ", run)}.");
        }
    }

    private static async Task<int> Say(int exitCode, string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return exitCode;
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
