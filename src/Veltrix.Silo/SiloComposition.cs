using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Veltrix.Contracts;
using Veltrix.Grains;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Threads;
using Veltrix.Ledger;

namespace Veltrix.Silo;

/// <summary>Puts a silo together out of its parts: grains, ledger, stores.</summary>
public static class SiloComposition
{
    /// <summary>The name under which all silos and gateways of an installation know each other.</summary>
    public const string ServiceId = "veltrix";

    /// <summary>
    /// A silo that is a cluster by itself, with its stores in a data folder. It listens on a loopback port that the system gives,
    /// because Orleans wants one, and takes clients from its own process only.
    /// </summary>
    public static ISiloBuilder UseVeltrixAlone(this ISiloBuilder silo, DataFolder data)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.UseLocalhostClustering(FreeLoopbackPort(), gatewayPort: 0, serviceId: ServiceId, clusterId: ServiceId);
        silo.AddEmbeddedStorage(data);
        return silo.AddVeltrixParts();
    }

    private static ISiloBuilder AddVeltrixParts(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<IMapThreads, MapThreads>();
        silo.AddVeltrixGrains();
        silo.AddVeltrixLedger();

        // Where grains live is remembered for so many; the default of a million reserves 18 MB of buckets that every lookup strays over. What is forgotten
        // is asked for again at the silo that knows.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 100_000);
        silo.Configure<SiloMessagingOptions>(options =>
        {
            // A call that is answered later than this is repeated by the gateway with the same operations; nothing is lost by giving up early.
            options.ResponseTimeout = TimeSpan.FromSeconds(5);

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
