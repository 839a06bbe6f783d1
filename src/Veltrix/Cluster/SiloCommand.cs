using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Veltrix.Hosting.Telemetry;
using Veltrix.Silo;

namespace Veltrix.Commands.Cluster;

/// <summary><c>veltrix silo</c>: one silo of a cluster, on the cluster's database.</summary>
internal static class SiloCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8081";

    private static readonly Option<string?> Postgres = PostgresOption.Create();
    private static readonly Option<string?> Name = new("--name") { Description = "What operators call the silo. By default POD_NAME, else the machine and the port.", HelpName = "NAME" };
    private static readonly Option<string?> Address = new("--address") { Description = "The IP address at which others reach the silo. By default POD_IP, else 127.0.0.1.", HelpName = "IP" };
    private static readonly Option<int?> SiloPort = new("--silo-port") { Description = "The port for other silos, 11111 by default.", HelpName = "PORT" };
    private static readonly Option<int?> ClientPort = new("--client-port") { Description = "The port for gateways, 30000 by default.", HelpName = "PORT" };
    private static readonly Option<string?> Url = new("--url") { Description = $"Where /alive, /health, /started and /metrics are served, {DefaultUrl} by default.", HelpName = "URL" };

    public static Command Create()
    {
        var command = new Command("silo", "Runs one silo of a cluster: players, regions and ledger shards, on PostgreSQL.")
        {
            Postgres, ClusterSettings.Cluster, Name, Address, SiloPort, ClientPort, Url, ClusterSettings.Migrate, ClusterSettings.Config,
        };
        command.SetAction((given, cancellationToken) => ClusterProcess.RunAsync(
            given,
            given.GetValue(Postgres),
            (builder, database) => Compose(builder, database, given),
            app => $"The silo is up: its health is at {app.Urls.First()}/health.",
            cancellationToken));
        return command;
    }

    private static WebApplication Compose(WebApplicationBuilder builder, NpgsqlDataSource database, ParseResult given)
    {
        ClusterSettings.Read(
            builder,
            given,
            ("Veltrix:Silo:Name", given.GetValue(Name)),
            ("Veltrix:Silo:Address", given.GetValue(Address)),
            ("Veltrix:Silo:SiloPort", given.GetValue(SiloPort)?.ToString(CultureInfo.InvariantCulture)),
            ("Veltrix:Silo:ClientPort", given.GetValue(ClientPort)?.ToString(CultureInfo.InvariantCulture)),
            ("urls", given.GetValue(Url)));
        ClusterSettings.ListenByDefault(builder, DefaultUrl);
        var ledger = PostgresOption.Read(given.GetValue(Postgres));
        builder.AddVeltrixTelemetry("veltrix-silo", static services => services.GetRequiredService<IOptions<Orleans.Configuration.SiloOptions>>().Value.SiloName);
        builder.UseOrleans(silo => silo.UseVeltrixCluster(database, ledger));
        var app = builder.Build();

        // Alive says that the process answers at all, and must not fail because others do.
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = static _ => false });
        app.MapHealthChecks("/health");
        app.MapVeltrixStarted();
        app.MapVeltrixMetrics();
        return app;
    }
}
