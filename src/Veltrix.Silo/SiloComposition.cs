using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Veltrix.Contracts;
using Veltrix.Grains;
using Veltrix.Hosting.Cluster;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Hosting.Threads;
using Veltrix.Ledger;
using Veltrix.Silo.Members;
using Veltrix.Silo.Spreading;

namespace Veltrix.Silo;

/// <summary>Puts a silo together out of its parts: grains, ledger, stores.</summary>
public static class SiloComposition
{
    /// <summary>
    /// A silo that is a cluster by itself, with its stores in a data folder. It listens on a loopback port that the system gives,
    /// because Orleans wants one, and takes clients from its own process only.
    /// </summary>
    public static ISiloBuilder UseVeltrixAlone(this ISiloBuilder silo, DataFolder data)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.UseLocalhostClustering(FreeLoopbackPort(), gatewayPort: 0, serviceId: ClusterMembers.ServiceId, clusterId: ClusterMembers.ServiceId);
        silo.AddEmbeddedStorage(data);
        silo.AddVeltrixLedger();

        // A call that is answered later than this is repeated by the gateway with the same operations; nothing is lost by giving up early.
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5));
        return silo.AddVeltrixParts();
    }

    /// <summary>
    /// A silo of a cluster, with its stores in the cluster's database, which has its tables already (see <see cref="ClusterSchemas"/>) and outlives the silo.
    /// Where the silo is, it reads from the configuration (see <see cref="SiloOptions"/> and <see cref="Hosting.Cluster.ClusterOptions"/>).
    /// </summary>
    /// <param name="silo">the silo</param>
    /// <param name="database">the database</param>
    /// <param name="ledger">how the ledger reaches it: it keeps connections of its own, so that nothing else can hold up a score</param>
    public static ISiloBuilder UseVeltrixCluster(this ISiloBuilder silo, NpgsqlDataSource database, NpgsqlConnectionStringBuilder ledger)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(ledger);
        silo.UseVeltrixMembership(database);

        // The older directory lets two activations of a grain live side by side after silos come and go, each seeing half of its region. This one has one owner
        // for each range of keys at each moment, and waits while owners change.
#pragma warning disable ORLEANSEXP003 // The name may still change; what it does is what a hunt needs.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003

        // By default it lets nobody have a dead silo's grains for half a minute, for the case that the silo only seems dead. Here the database fences such a silo
        // off: what it writes is refused, and it ends when it reads that it counts as dead.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        AddSpread(silo.Services);
        silo.AddGrainService<PlayerDoor>();
        silo.AddGrainService<SiloPeer>();
        silo.Services.AddSingleton<ISiloPeers, SiloPeers>();
        silo.Services.AddSingleton<SiloWatch>();
        silo.Configure<SiloConnectionOptions>(SiloWatch.Over);
        silo.AddStartupTask<SiloWarmUp>();
        silo.Services.AddHostedService<SiloLeave>();
        silo.AddPostgresStorage(database);
        silo.AddVeltrixLedgerOnPostgres(_ => ledger.ConnectionString);
        silo.Services.AddOptions<LedgerOptions>().BindConfiguration("Veltrix:Ledger");
        silo.Services.AddOptions<SiloOptions>().BindConfiguration(SiloOptions.Section).ValidateOnStart();
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>());
        silo.Services.AddOptions<HostOptions>().Configure<IOptions<SiloOptions>>(static (host, own) => host.ShutdownTimeout = own.Value.ShutdownTime);
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<SiloOptions>>(static (endpoint, own) =>
        {
            endpoint.AdvertisedIPAddress = own.Value.ParsedAddress;
            endpoint.SiloPort = own.Value.SiloPort;
            endpoint.GatewayPort = own.Value.ClientPort;
        });
        silo.Services.AddOptions<Orleans.Configuration.SiloOptions>().Configure<IOptions<SiloOptions>>(static (names, own) =>
            names.SiloName = own.Value.Name ?? $"{Environment.MachineName}-{own.Value.SiloPort}");
        silo.Services.AddHealthChecks().AddCheck<SiloHealth>("silo");
        return silo.AddVeltrixParts();
    }

    private static void AddSpread(IServiceCollection services)
    {
        services.AddOptions<SpreadOptions>().BindConfiguration(SpreadOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpreadOptions>, SpreadOptionsValidator>());
        services.AddSingleton<SpreadMetrics>();
        services.AddSingleton<SiloSpread>();
        services.AddSingleton<ISpread>(provider => provider.GetRequiredService<SiloSpread>());
        services.AddHostedService(provider => provider.GetRequiredService<SiloSpread>());
    }

    private static ISiloBuilder AddVeltrixParts(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<IMapThreads, MapThreads>();
        silo.AddVeltrixGrains();
        silo.AddVeltrixDashboard(silo.Configuration.GetValue<bool>($"{SiloOptions.Section}:{nameof(SiloOptions.DashboardCalls)}"));

        // Where grains live is remembered for so many; the default of a million reserves 18 MB of buckets that every lookup strays over. What is forgotten
        // is asked for again at the silo that knows.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 100_000);
        silo.Configure<SiloMessagingOptions>(options =>
        {
            // A grain that is this far behind answers nobody in time: refuse, and let the gateway answer `busy`.
            options.MaxEnqueuedRequestsHardLimit = 20_000;
            options.MaxEnqueuedRequestsSoftLimit = 10_000;
        });
        return silo;
    }

    private static int FreeLoopbackPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
