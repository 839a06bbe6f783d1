using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

/// <summary>Orleans' membership on our tables, without a silo: what a row may do and what not.</summary>
public sealed class PostgresMembershipTests : IClassFixture<MigratedDatabase>, IAsyncLifetime
{
    private static readonly DateTime Noon = new(2030, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly MigratedDatabase _database;
    private IHost? _host;

    public PostgresMembershipTests(MigratedDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
    }

    private IMembershipTable Table => _host!.Services.GetRequiredService<IMembershipTable>();

    public async ValueTask InitializeAsync()
    {
        // Each test is a cluster of its own in the same table.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => cluster.ClusterId = Guid.NewGuid().ToString());
            silo.UsePostgresClustering(_database.DataSource);
        });
        _host = builder.Build();
        await Table.InitializeMembershipTableAsync(tryInitTableVersion: true);
    }

    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Initialize_ByEverybody_KeepsTheVersion()
    {
        await InsertAsync(Entry(1));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Table.InitializeMembershipTableAsync(tryInitTableVersion: true)));

        Assert.Equal(1, (await Table.ReadAllAsync()).Version.Version);
    }

    [Fact]
    public async Task Insert_ThenRead_GivesEveryField()
    {
        var entry = Entry(1);
        await InsertAsync(entry);

        var read = Assert.Single((await Table.ReadAllAsync()).Members).Item1;

        Assert.Equal(
            (entry.SiloAddress, entry.SiloName, entry.HostName, entry.Status, entry.ProxyPort, entry.StartTime, entry.IAmAliveTime),
            (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort, read.StartTime, read.IAmAliveTime));
        Assert.Empty(read.SuspectTimes ?? []);
    }

    [Fact]
    public async Task Insert_AnOldVersionOrAKnownSilo_ChangesNothing()
    {
        var before = (await Table.ReadAllAsync()).Version;
        Assert.True(await Table.InsertRowAsync(Entry(1), before.Next()));

        Assert.False(await Table.InsertRowAsync(Entry(2), before.Next()));
        Assert.False(await Table.InsertRowAsync(Entry(1), (await Table.ReadAllAsync()).Version.Next()));

        var after = await Table.ReadAllAsync();
        Assert.Single(after.Members);
        Assert.Equal(1, after.Version.Version);
    }

    [Fact]
    public async Task Update_ThenRead_GivesStatusAndSuspicions_AndRaisesTheVersion()
    {
        var entry = Entry(1);
        await InsertAsync(entry);
        entry.AddSuspector(Entry(2).SiloAddress, Noon.AddMinutes(1));
        entry.AddSuspector(Entry(3).SiloAddress, Noon.AddMinutes(2));
        entry.Status = SiloStatus.Dead;

        Assert.True(await UpdateAsync(entry));

        var table = await Table.ReadRowAsync(entry.SiloAddress);
        var read = Assert.Single(table.Members).Item1;
        Assert.Equal(SiloStatus.Dead, read.Status);
        Assert.Equal([(Entry(2).SiloAddress, Noon.AddMinutes(1)), (Entry(3).SiloAddress, Noon.AddMinutes(2))], read.SuspectTimes!.Select(vote => (vote.Item1, vote.Item2)));
        Assert.Equal(2, table.Version.Version);
    }

    [Fact]
    public async Task Update_AnOldVersionOrAnUnknownSilo_ChangesNothing()
    {
        var entry = Entry(1);
        await InsertAsync(entry);
        var stale = (await Table.ReadAllAsync()).Version;
        Assert.True(await UpdateAsync(entry));

        entry.Status = SiloStatus.Dead;
        Assert.False(await Table.UpdateRowAsync(entry, stale.VersionEtag, stale.Next()));
        Assert.False(await UpdateAsync(Entry(2)));

        var after = await Table.ReadAllAsync();
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
        Assert.Equal(2, after.Version.Version);
    }

    [Fact]
    public async Task Changes_OfManyAtOnce_AreOneAfterTheOther()
    {
        await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Task.Run(async () =>
        {
            while (!await Table.InsertRowAsync(Entry(i), (await Table.ReadAllAsync()).Version.Next()))
            {
            }

            while (!await UpdateAsync(Entry(i)))
            {
                await Table.UpdateIAmAliveAsync(Entry(i));
            }
        })));

        var after = await Table.ReadAllAsync();
        Assert.Equal(12, after.Members.Count);
        Assert.Equal(24, after.Version.Version);
    }

    [Fact]
    public async Task SignOfLife_ChangesTheTimeOnly()
    {
        var entry = Entry(1);
        await InsertAsync(entry);
        await Table.UpdateIAmAliveAsync(Entry(1, alive: Noon.AddMinutes(5)));

        var after = await Table.ReadAllAsync();
        Assert.Equal(Noon.AddMinutes(5), Assert.Single(after.Members).Item1.IAmAliveTime);
        Assert.Equal(1, after.Version.Version);

        // Somebody who has read the row before changes it: the sign of life stays.
        Assert.True(await UpdateAsync(entry));
        Assert.Equal(Noon.AddMinutes(5), Assert.Single((await Table.ReadAllAsync()).Members).Item1.IAmAliveTime);
    }

    [Fact]
    public async Task ReadRow_AnUnknownSilo_GivesTheVersionAndNobody()
    {
        await InsertAsync(Entry(1));

        var read = await Table.ReadRowAsync(Entry(2).SiloAddress);

        Assert.Empty(read.Members);
        Assert.Equal(1, read.Version.Version);
    }

    [Fact]
    public async Task Cleanup_TakesTheDeadOfBefore_AndNobodyElse()
    {
        await InsertAsync(Entry(1, SiloStatus.Active));
        await InsertAsync(Entry(2, SiloStatus.Dead));
        await InsertAsync(Entry(3, SiloStatus.Dead, alive: Noon.AddHours(2)));
        await InsertAsync(Entry(4, SiloStatus.Joining));
        var suspected = Entry(5, SiloStatus.Dead);
        await InsertAsync(suspected);
        suspected.AddSuspector(Entry(1).SiloAddress, Noon.AddHours(2));
        Assert.True(await UpdateAsync(suspected));

        await Table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Noon.AddHours(1)));
        Assert.Equal([1, 3, 4, 5], await SilosAsync());

        await Table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Noon.AddHours(3)));
        Assert.Equal([1, 4], await SilosAsync());
        Assert.Equal(6, (await Table.ReadAllAsync()).Version.Version);
    }

    [Fact]
    public async Task Cleanup_UpToTheVeryLast_TakesIt()
    {
        // Orleans asks for everything up to one tick after the last that has to go; the column does not know ticks.
        await InsertAsync(Entry(1, SiloStatus.Dead, alive: Noon.AddTicks(17)));

        var last = Assert.Single((await Table.ReadAllAsync()).Members).Item1.IAmAliveTime;
        await Table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(last.AddTicks(1)));

        Assert.Empty(await SilosAsync());
    }

    [Fact]
    public async Task Delete_AClustersEntries_LeavesOtherClustersAlone()
    {
        await InsertAsync(Entry(1));
        var cluster = _host!.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;

        await Table.DeleteMembershipTableEntriesAsync("another");
        Assert.Equal([1], await SilosAsync());

        await Table.DeleteMembershipTableEntriesAsync(cluster);
        Assert.Equal(0L, await _database.ScalarAsync($"SELECT count(*) FROM OrleansMembershipVersionTable WHERE DeploymentId = '{cluster}'"));
    }

    private static MembershipEntry Entry(int number, SiloStatus status = SiloStatus.Active, DateTime? alive = null) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_000 + number), number),
        SiloName = $"silo-{number}",
        HostName = "host",
        Status = status,
        ProxyPort = 30_000 + number,
        StartTime = alive is { } then && then < Noon ? then : Noon,
        IAmAliveTime = alive ?? Noon,
    };

    private async Task InsertAsync(MembershipEntry entry) => Assert.True(await Table.InsertRowAsync(entry, (await Table.ReadAllAsync()).Version.Next()));

    // A row's own version is that of the table when it was read.
    private async Task<bool> UpdateAsync(MembershipEntry entry)
    {
        var read = (await Table.ReadAllAsync()).Version;
        return await Table.UpdateRowAsync(entry, read.VersionEtag, read.Next());
    }

    private async Task<IEnumerable<int>> SilosAsync() => (await Table.ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress.Generation).Order();
}
