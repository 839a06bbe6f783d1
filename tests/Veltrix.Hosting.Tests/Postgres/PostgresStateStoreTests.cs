using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

public sealed class PostgresStateStoreTests : StateStoreConformance, IClassFixture<MigratedDatabase>, IAsyncLifetime
{
    private readonly MigratedDatabase _database;

    public PostgresStateStoreTests(MigratedDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
    }

    public async ValueTask InitializeAsync() => await _database.ScalarAsync("TRUNCATE maps, checkpoints");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Checkpoints_TwoProcessesOnTheSamePlayers_KeepTheNewestOfEach()
    {
        // Each in an order of its own, many times over: without one order of rows the two would wait for each other in a ring.
        await using var first = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var second = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var one = new PostgresCheckpointStore(first);
        await using var other = new PostgresCheckpointStore(second);
        for (var round = 1; round <= 10; round++)
        {
            await Task.WhenAll(
                SaveAllAsync(one, Enumerable.Range(0, 1_000), (ulong)round),
                SaveAllAsync(other, Enumerable.Range(0, 1_000).Reverse(), (ulong)round + 1));
        }

        Assert.Equal(1_000L, await _database.ScalarAsync("SELECT count(*) FROM checkpoints WHERE applied = 11"));

        static Task SaveAllAsync(PostgresCheckpointStore store, IEnumerable<int> players, ulong applied) =>
            Task.WhenAll(players.Select(i => store.SaveAsync(Checkpoint($"p{i}", applied)).AsTask()));
    }

    [Fact]
    public async Task Checkpoints_AfterABatch_TheConnectionCommitsToDiskAgain()
    {
        await using var alone = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxPoolSize = 1 });
        await using var store = new PostgresCheckpointStore(alone);
        await store.SaveAsync(Checkpoint("ada", 1));

        await using var show = alone.CreateCommand("SHOW synchronous_commit");
        Assert.Equal("on", await show.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Checkpoints_ABatchThatFails_IsToldToAll_AndTheNextIsTriedAnew()
    {
        await using var store = new PostgresCheckpointStore(_database.DataSource);
        await _database.ScalarAsync("ALTER TABLE checkpoints RENAME TO away");
        try
        {
            var problem = await Assert.ThrowsAsync<IOException>(() => Task.WhenAll(store.SaveAsync(Checkpoint("ada", 1)).AsTask(), store.SaveAsync(Checkpoint("bob", 1)).AsTask()));
            Assert.Contains("could not be written", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            await _database.ScalarAsync("ALTER TABLE away RENAME TO checkpoints");
        }

        await store.SaveAsync(Checkpoint("ada", 2));
        Assert.Equal(2UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Maps_SavedByManyAtOnce_AreOneMap()
    {
        var map = new byte[3_000_000];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => OpenMaps().SaveAsync(new MapSummary("aa", $"copy {i}", 3, 4), map).AsTask())));

        Assert.Single(await OpenMaps().ListAsync(after: null, limit: 10));
        Assert.Equal(map, await OpenMaps().LoadAsync("aa"));
    }

    protected override ICheckpointStore OpenCheckpoints() => new PostgresCheckpointStore(_database.DataSource);

    protected override IMapStore OpenMaps() => new PostgresMapStore(_database.DataSource);
}
