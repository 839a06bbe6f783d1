using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Veltrix.Gateway;
using Veltrix.Hosting.Cluster;
using Veltrix.Hosting.Telemetry;

namespace Veltrix.Commands.Cluster;

/// <summary><c>veltrix gateway</c>: one gateway of a cluster, for players, viewers and operators.</summary>
internal static class GatewayCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly Option<string?> Postgres = PostgresOption.Create();
    private static readonly Option<string?> Url = new("--url") { Description = $"Where players and operators reach the gateway, {DefaultUrl} by default.", HelpName = "URL" };

    public static Command Create()
    {
        var command = new Command(
            "gateway",
            "Runs one gateway of a cluster. VELTRIX_SECRET and VELTRIX_OPERATOR_KEYS in the environment are the same for all of them.")
        {
            Postgres, ClusterSettings.Cluster, Url, ClusterSettings.Migrate, ClusterSettings.Config,
        };
        command.SetAction((given, cancellationToken) => ClusterProcess.RunAsync(
            given,
            given.GetValue(Postgres),
            (builder, database) => Compose(builder, database, given),
            app => $"The gateway is up at {app.Urls.First()}.",
            cancellationToken));
        return command;
    }

    private static WebApplication Compose(WebApplicationBuilder builder, NpgsqlDataSource database, ParseResult given)
    {
        ClusterSettings.Read(builder, given, ("urls", given.GetValue(Url)));
        ClusterSettings.ListenByDefault(builder, DefaultUrl);
        InternalPort.Listen(builder);
        builder.AddVeltrixTelemetry("veltrix-gateway");
        var secrets = GatewaySecrets.Read(builder.Configuration);
        builder.UseOrleansClient(client => client.UseVeltrixMembership(database).UseConnectionRetryFilter(new SiloWait(Console.Error.WriteLine)));
        builder.AddVeltrixGateway(gateway =>
        {
            builder.Configuration.GetSection("Veltrix:Gateway").Bind(gateway);
            gateway.Secret = secrets.Secret;
            gateway.OperatorKeys = secrets.OperatorKeys;
        });
        builder.AddPlayRehearsal();
        var app = builder.Build();
        app.MapVeltrixGateway();
        return app;
    }
}
