using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Core.Internal;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Commands.Chaos.Deeds;

/// <summary>A client of the cluster that deactivates grains, as an operator's tool could.</summary>
internal sealed class GrainHunter : IAsyncDisposable
{
    private readonly IHost _host;

    private GrainHunter(IHost host) => _host = host;

    private IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<GrainHunter> ConnectAsync(NpgsqlDataSource database, string cluster, CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "veltrix" });
        builder.Configuration.AddInMemoryCollection([new($"{ClusterOptions.Section}:{nameof(ClusterOptions.Name)}", cluster)]);

        // It talks to silos that are killed and frozen: what its connections say of that is no news.
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client => client.UseVeltrixMembership(database));
        var host = builder.Build();
        await host.StartAsync(stop);
        return new GrainHunter(host);
    }

    /// <summary>Deactivates one of a hunt's grains.</summary>
    /// <returns>its id; null when none of its type lived or nobody could be asked</returns>
    public async Task<string?> DeactivateAsync(GrainDeed deed, string hunt)
    {
        try
        {
            var living = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
            if (Choose(living.Select(grain => grain.GrainId), deed, hunt) is not { } chosen)
            {
                return null;
            }

            await Grains.GetGrain(chosen).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            return chosen.ToString();
        }
        catch (Exception away) when (away is not OutOfMemoryException)
        {
            // A silo that was to be asked is away itself, or the database is that it asks, in whatever words: the next grain is due soon.
            return null;
        }
    }

    /// <summary>Which grain a deed means among those that live.</summary>
    internal static GrainId? Choose(IEnumerable<GrainId> living, GrainDeed deed, string hunt)
    {
        var candidates = living
            .Where(grain => grain.Type.ToString() == deed.Type && grain.Key.ToString() is var key && (key == hunt || key!.StartsWith(hunt + "/", StringComparison.Ordinal)))
            .Distinct()
            .OrderBy(grain => grain.ToString(), StringComparer.Ordinal)
            .ToArray();
        return candidates.Length == 0 ? null : candidates[(int)(deed.Draw % (ulong)candidates.Length)];
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _host.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Its silos are gone already.
        }

        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}
