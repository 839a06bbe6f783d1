using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Veltrix.Hosting.Cluster;

namespace Veltrix.Hosting.Tests.Cluster;

public sealed class FailureDetectionTests
{
    // Orleans votes against nobody from whom it heard something within the longest probe times the probes that may be missed.
    [Theory]
    [InlineData("00:00:01", 3)]
    [InlineData("00:00:02", 6)]
    public async Task Silence_OfASilo_IsBelievedAfterTheProbesThatMayBeMissed(string probe, double seconds)
    {
        await using var database = NpgsqlDataSource.Create("Host=db");
        using var host = new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection([new("Veltrix:Cluster:ProbeTimeout", probe)]))
            .UseOrleans(silo => silo.UseVeltrixMembership(database))
            .Build();
        var membership = host.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;

        Assert.Equal(TimeSpan.FromSeconds(seconds), membership.MaxProbeTimeout * membership.NumMissedProbesLimit);
        Assert.Equal(membership.ProbeTimeout, membership.MinProbeTimeout);
    }
}
