using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

/// <summary>Orleans' reminders on our table, without a silo.</summary>
public sealed class PostgresReminderTests : IClassFixture<MigratedDatabase>, IAsyncLifetime
{
    private static readonly DateTime Noon = new(2030, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly MigratedDatabase _database;
    private IHost? _host;

    public PostgresReminderTests(MigratedDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
    }

    private IReminderTable Table => _host!.Services.GetRequiredService<IReminderTable>();

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = Guid.NewGuid().ToString());
            silo.AddPostgresStorage(_database.DataSource);
        });
        _host = builder.Build();
        await Table.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        _host?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1)]
    public async Task Upsert_ThenRead_GivesEveryField(int length)
    {
        // Longer than an integer has milliseconds.
        var entry = Entry(new string('7', length), period: TimeSpan.FromDays(60));
        await Table.UpsertRow(entry);

        var read = await Table.ReadRow(entry.GrainId, entry.ReminderName) ?? throw new InvalidOperationException("There is no row.");

        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period), (read.GrainId, read.ReminderName, read.StartAt, read.Period));
        Assert.Null(await Table.ReadRow(entry.GrainId, "another"));
    }

    [Fact]
    public async Task Upsert_Again_ReplacesTheRow_AndTheOldVersionRemovesNothing()
    {
        var entry = Entry("a");
        var first = await Table.UpsertRow(entry);
        entry.Period = TimeSpan.FromMinutes(2);
        var second = await Table.UpsertRow(entry);

        Assert.NotEqual(first, second);
        Assert.False(await Table.RemoveRow(entry.GrainId, entry.ReminderName, first!));
        Assert.Equal(TimeSpan.FromMinutes(2), Assert.Single((await Table.ReadRows(entry.GrainId)).Reminders).Period);
        Assert.True(await Table.RemoveRow(entry.GrainId, entry.ReminderName, second!));
        Assert.Empty((await Table.ReadRows(entry.GrainId)).Reminders);
    }

    [Fact]
    public async Task Remove_AVersionOfBeforeTheRowWasMadeAgain_LeavesIt()
    {
        var entry = Entry("a");
        var stale = await Table.UpsertRow(entry);
        Assert.True(await Table.RemoveRow(entry.GrainId, entry.ReminderName, stale!));
        await Table.UpsertRow(entry);

        Assert.False(await Table.RemoveRow(entry.GrainId, entry.ReminderName, stale!));
        Assert.Single((await Table.ReadRows(entry.GrainId)).Reminders);
    }

    [Fact]
    public async Task ReadRange_PiecesOfTheRing_ShareOutAllReminders()
    {
        var grains = Enumerable.Range(0, 64).Select(i => Entry($"grain-{i}")).ToArray();
        foreach (var entry in grains)
        {
            await Table.UpsertRow(entry);
        }

        uint[] borders = [0x1000_0000, 0x7000_0000, 0x9000_0000, 0xF000_0000];
        var found = new List<GrainId>();
        for (var i = 0; i < borders.Length; i++)
        {
            var (begin, end) = (borders[i], borders[(i + 1) % borders.Length]);
            foreach (var entry in (await Table.ReadRows(begin, end)).Reminders)
            {
                var hash = entry.GrainId.GetUniformHashCode();
                Assert.True(begin < end ? hash > begin && hash <= end : hash > begin || hash <= end, $"{hash:x} is not between {begin:x} and {end:x}.");
                found.Add(entry.GrainId);
            }
        }

        Assert.Equal(grains.Select(entry => entry.GrainId).Order(), found.Order());
        Assert.Equal(64, (await Table.ReadRows(0x42, 0x42)).Reminders.Count);
    }

    private static ReminderEntry Entry(string key, TimeSpan? period = null) => new()
    {
        GrainId = GrainId.Create("alarm", key),
        ReminderName = "wake",
        StartAt = Noon,
        Period = period ?? TimeSpan.FromMinutes(1),
    };
}
