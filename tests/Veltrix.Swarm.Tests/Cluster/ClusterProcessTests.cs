using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;
using Veltrix.Commands.Cluster;

namespace Veltrix.Swarm.Tests.Cluster;

public sealed class ClusterProcessTests
{
    [Fact]
    public async Task Start_StoppedWhileItAsksWhereSilosAre_EndsAsOneThatWasAskedTo()
    {
        using var stop = new CancellationTokenSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.UseOrleansClient(client => client
            .UseConnectionRetryFilter(new SiloWait(static _ => { }))
            .Services.AddSingleton<IGatewayListProvider>(new NoSilos(stop.Cancel)));
        await using var app = builder.Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ClusterProcess.StartAsync(app, stop.Token));
    }

    /// <summary>Knows of no silo, and does something whenever it is asked.</summary>
    private sealed class NoSilos(Action asked) : IGatewayListProvider
    {
        public TimeSpan MaxStaleness => TimeSpan.FromMinutes(1);

        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways()
        {
            asked();
            return Task.FromResult<IList<Uri>>([]);
        }
    }
}
