using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Hosting.Cluster;

/// <summary>Makes a silo or a client a member of the cluster that a database holds together.</summary>
public static class ClusterMembers
{
    /// <summary>The service's name in Orleans, the same for every installation: it is part of the keys of stored state.</summary>
    public const string ServiceId = "veltrix";

    public static ISiloBuilder UseVeltrixMembership(this ISiloBuilder silo, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.UsePostgresClustering(database);
        AddOptions(silo.Services);
        silo.Services.AddOptions<ClusterMembershipOptions>().Configure<IOptions<ClusterOptions>>(static (membership, cluster) =>
        {
            membership.ProbeTimeout = cluster.Value.ProbeTimeout;

            // Orleans fits the time for an answer to the answers that it saw, between half and four times what it is told, and believes nobody's death for the longest of
            // them times the probes that may be missed: a silo that stood still or was cut off kept its players waiting for eight seconds and more.
            membership.MinProbeTimeout = cluster.Value.ProbeTimeout;
            membership.MaxProbeTimeout = cluster.Value.ProbeTimeout * 1.5;
            membership.NumMissedProbesLimit = cluster.Value.MissedProbes;
            membership.NumVotesForDeathDeclaration = cluster.Value.Votes;
            membership.TableRefreshTimeout = cluster.Value.RefreshEvery;
        });
        silo.Services.AddOptions<SiloMessagingOptions>().Configure<IOptions<ClusterOptions>>(static (messaging, cluster) =>
            messaging.ResponseTimeout = cluster.Value.ResponseTimeout);
        return silo;
    }

    public static IClientBuilder UseVeltrixMembership(this IClientBuilder client, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(client);
        client.UsePostgresClustering(database);
        AddOptions(client.Services);
        client.Services.AddOptions<Orleans.Configuration.GatewayOptions>().Configure<IOptions<ClusterOptions>>(static (silos, cluster) =>
            silos.GatewayListRefreshPeriod = cluster.Value.GatewayRefreshEvery);
        client.Services.AddOptions<ClientMessagingOptions>().Configure<IOptions<ClusterOptions>>(static (messaging, cluster) =>
            messaging.ResponseTimeout = cluster.Value.ResponseTimeout);
        return client;
    }

    private static void AddOptions(IServiceCollection services)
    {
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterOptions>, ClusterOptionsValidator>());
        services.AddOptions<Orleans.Configuration.ClusterOptions>().Configure<IOptions<ClusterOptions>>(static (names, cluster) =>
        {
            names.ServiceId = ServiceId;
            names.ClusterId = cluster.Value.Name;
        });

        // Else a call that failed on the database could not be answered with its failure: the caller would hear of a missing codec instead, and the silo log an error for it.
        services.Configure<ExceptionSerializationOptions>(static exceptions => exceptions.SupportedNamespacePrefixes.Add("Npgsql"));

        // A machine that is gone swallows a connection's first packet: give up on it sooner than its calls do.
        services.Configure<Orleans.Configuration.ConnectionOptions>(static connections =>
        {
            connections.OpenConnectionTimeout = TimeSpan.FromSeconds(2);
            connections.ConnectionRetryDelay = TimeSpan.FromMilliseconds(500);
        });
    }
}
