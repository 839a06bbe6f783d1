using Veltrix.Hosting.Storage;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Tests.Sqlite;

public sealed class SqliteStateStoreTests : StateStoreConformance, IDisposable
{
    private readonly TemporaryFolder _temp = new();
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(store => store.Dispose());
        _temp.Dispose();
    }

    [Fact]
    public async Task Checkpoints_ClosedWhileTheFileIsLocked_WaitsForIt()
    {
        var path = _temp.Of("state.db");
        var store = new SqliteCheckpointStore(path);
        Task[] saves;
        Task closing;
        using (var other = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations))
        {
            // Nothing can be written as long as this transaction is open: the first save is under way and the others wait when the store closes.
            SqliteStatement.Execute(other, "BEGIN IMMEDIATE");
            saves = [.. Enumerable.Range(0, 3_000).Select(i => store.SaveAsync(Checkpoint($"p{i}", applied: 1)).AsTask())];
            closing = Task.Run(store.Dispose, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(saves, save => save.IsCompleted);
            SqliteStatement.Execute(other, "COMMIT");
        }

        await closing;
        using (var reopened = SqliteFile.OpenReader(path))
        using (var count = new SqliteStatement(reopened, "SELECT count(*) FROM checkpoints"))
        {
            Assert.True(count.Step());
            Assert.Equal(3_000, count.Int64(0));
        }

        await Task.WhenAll(saves);
        var refused = await Assert.ThrowsAsync<ObjectDisposedException>(() => store.SaveAsync(Checkpoint("late", 1)).AsTask());
        Assert.Contains("nothing more is written", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.LoadAsync(Hunt, new PlayerId("p0")).AsTask());
    }

    [Fact]
    public async Task Checkpoints_AWriteThatFails_IsToldToWhoWaitsAndTheNextOneIsWritten()
    {
        var path = _temp.Of("state.db");
        using var store = new SqliteCheckpointStore(path);
        using var other = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations);
        SqliteStatement.Execute(other, "ALTER TABLE checkpoints RENAME TO elsewhere");
        await Assert.ThrowsAsync<IOException>(() => store.SaveAsync(Checkpoint("ada", 1)).AsTask());

        SqliteStatement.Execute(other, "ALTER TABLE elsewhere RENAME TO checkpoints");
        await store.SaveAsync(Checkpoint("ada", 2));

        Assert.Equal(2UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);
    }

    protected override ICheckpointStore OpenCheckpoints() => Opened(new SqliteCheckpointStore(_temp.Of("state.db")));

    protected override IMapStore OpenMaps() => Opened(new SqliteMapStore(_temp.Of("state.db")));

    private T Opened<T>(T store)
        where T : IDisposable
    {
        _opened.Add(store);
        return store;
    }
}
