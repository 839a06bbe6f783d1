using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Node;

/// <summary>A silo of a cluster on PostgreSQL, for tests that kill one. It says its address once it is in the cluster, and runs until it is killed.</summary>
internal static class Program
{
    private static async Task Main()
    {
        await using var database = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("VELTRIX_TEST_NODE")!);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.UsePostgresClustering(database);
            silo.AddPostgresStorage(database);
            silo.ConfigureEndpoints(IPAddress.Loopback, VeltrixProcess.FreePort(), VeltrixProcess.FreePort());
            silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // Long enough for a machine that runs other tests beside it.
                membership.ProbeTimeout = TimeSpan.FromSeconds(2);
                membership.NumMissedProbesLimit = 2;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            });
        });
        using var host = builder.Build();
        await host.StartAsync();
        await Console.Out.WriteLineAsync($"silo {host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()}");
        await host.WaitForShutdownAsync();
    }
}
