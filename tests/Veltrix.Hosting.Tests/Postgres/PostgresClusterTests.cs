using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Veltrix.Hosting.Node;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Tests.Postgres;

/// <summary>Silos that are processes of their own, and a client, that know of each other by the database alone.</summary>
public sealed class PostgresClusterTests : IClassFixture<MigratedDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly MigratedDatabase _database;
    private readonly List<ChildProcess> _silos = [];
    private IHost? _client;

    public PostgresClusterTests(MigratedDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
    }

    public async ValueTask InitializeAsync()
    {
        var environment = new Dictionary<string, string> { ["VELTRIX_TEST_NODE"] = _database.ConnectionString };
        for (var i = 0; i < 2; i++)
        {
            _silos.Add(ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, "Veltrix.Hosting.Node"), [], environment));
        }

        await Task.WhenAll(_silos.Select(AddressAsync));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            client.UsePostgresClustering(_database.DataSource);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        });
        _client = builder.Build();
        await _client.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }

    [Fact]
    public async Task ASilo_KilledWithoutAWord_IsFoundDeadByTheOther_WhichGoesOnWithItsGrainsAndReminders()
    {
        var (survivor, victim) = (await AddressAsync(_silos[0]), await AddressAsync(_silos[1]));
        var grains = _client!.Services.GetRequiredService<IGrainFactory>();
        var keys = Enumerable.Range(0, 24).Select(i => $"{i:000}").ToArray();
        var homes = await Task.WhenAll(keys.Select(key => grains.GetGrain<IAlarmGrain>(key).SetAsync($"word of {key}")));
        Assert.Equal([survivor, victim], homes.Distinct().OrderBy(home => home.Equals(victim)));
        await Task.WhenAll(keys.Select(key => EventuallyAsync(() => grains.GetGrain<IAlarmGrain>(key).RungAsync())));

        await _silos[1].KillAsync();

        foreach (var key in keys)
        {
            Assert.Equal(($"word of {key}", survivor), await EventuallyAsync(() => grains.GetGrain<IAlarmGrain>(key).RungAsync()));
        }

        var table = await TableAsync();
        var members = (await table.ReadAllAsync()).Members.ToDictionary(member => member.Item1.SiloAddress, member => member.Item1);
        Assert.Equal(SiloStatus.Active, members[survivor].Status);
        Assert.Equal(SiloStatus.Dead, members[victim].Status);
        Assert.All(members[victim].SuspectTimes!, vote => Assert.Equal(survivor, vote.Item1));

        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(survivor, Assert.Single((await table.ReadAllAsync()).Members).Item1.SiloAddress);
    }

    private static async Task<SiloAddress> AddressAsync(ChildProcess silo)
    {
        var line = await silo.LineAsync("its address", line => line.StartsWith("silo ", StringComparison.Ordinal), Patience);
        return SiloAddress.FromParsableString(line[5..]);
    }

    /// <summary>The cluster's membership, read from outside.</summary>
    private async Task<IMembershipTable> TableAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => silo.UsePostgresClustering(_database.DataSource));
        using var host = builder.Build();
        var table = host.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(tryInitTableVersion: false);
        return table;
    }

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> call)
    {
        // A call that was on its way to the dead silo fails; asked again, it goes to the new place once the death is known.
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception problem) when (problem is OrleansException or TimeoutException && TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                await Task.Yield();
            }
        }
    }
}
