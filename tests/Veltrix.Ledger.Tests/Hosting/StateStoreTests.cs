using System.Text;
using Veltrix.Hosting.Storage;
using Veltrix.World;

namespace Veltrix.Ledger.Tests.Hosting;

public sealed class StateStoreTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Checkpoints_ThreeThousandAtOnce_AreAllWrittenAndFoundAgain()
    {
        var path = _temp.File("state.db");
        using (var store = new SqliteCheckpointStore(path))
        {
            await Task.WhenAll(Enumerable.Range(0, 3_000).Select(i => store.SaveAsync(Checkpoint($"p{i}", applied: 1)).AsTask()));
        }

        using var reopened = new SqliteCheckpointStore(path);
        foreach (var i in new[] { 0, 1_500, 2_999 })
        {
            Assert.Equal($"p{i}", (await reopened.LoadAsync(Drafts.Hunt, new PlayerId($"p{i}")))?.Player.Value);
        }
    }

    [Fact]
    public async Task Checkpoints_SaveAndLoad_KeepEveryField()
    {
        using var store = new SqliteCheckpointStore(_temp.File("state.db"));
        var saved = Checkpoint("ada", ulong.MaxValue) with { Left = true, Answers = Encoding.UTF8.GetBytes("kept") };
        await store.SaveAsync(saved);

        var loaded = await store.LoadAsync(Drafts.Hunt, new PlayerId("ada"));

        Assert.Equal(saved with { Answers = default }, loaded! with { Answers = default });
        Assert.Equal("kept", Encoding.UTF8.GetString(loaded.Answers.Span));
        Assert.Null(await store.LoadAsync(Drafts.Hunt, new PlayerId("bob")));
    }

    [Fact]
    public async Task Checkpoints_LoadWhileASaveWaits_SeesIt()
    {
        using var store = new SqliteCheckpointStore(_temp.File("state.db"));
        var saves = Enumerable.Range(1, 500).Select(i => store.SaveAsync(Checkpoint("ada", (ulong)i)).AsTask()).ToArray();

        Assert.Equal(500UL, (await store.LoadAsync(Drafts.Hunt, new PlayerId("ada")))?.Applied);

        await Task.WhenAll(saves);
        Assert.Equal(500UL, (await store.LoadAsync(Drafts.Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Checkpoints_AnOlderOneOfTheSession_ChangesNothing()
    {
        using var store = new SqliteCheckpointStore(_temp.File("state.db"));
        await store.SaveAsync(Checkpoint("ada", 9));
        await store.SaveAsync(Checkpoint("ada", 8));
        Assert.Equal(9UL, (await store.LoadAsync(Drafts.Hunt, new PlayerId("ada")))?.Applied);

        await store.SaveAsync(Checkpoint("ada", 1) with { Session = new SessionId(new Guid(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2)) });
        Assert.Equal(1UL, (await store.LoadAsync(Drafts.Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Checkpoints_ClosedWhileSavesWait_WritesThemAndRefusesLaterOnes()
    {
        var path = _temp.File("state.db");
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
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.LoadAsync(Drafts.Hunt, new PlayerId("p0")).AsTask());
    }

    [Fact]
    public async Task Checkpoints_AWriteThatFails_IsToldToWhoWaitsAndTheNextOneIsWritten()
    {
        var path = _temp.File("state.db");
        using var store = new SqliteCheckpointStore(path);
        using var other = SqliteFile.OpenWriter(path, "NORMAL", StateSchema.Migrations);
        SqliteStatement.Execute(other, "ALTER TABLE checkpoints RENAME TO elsewhere");
        await Assert.ThrowsAsync<IOException>(() => store.SaveAsync(Checkpoint("ada", 1)).AsTask());

        SqliteStatement.Execute(other, "ALTER TABLE elsewhere RENAME TO checkpoints");
        await store.SaveAsync(Checkpoint("ada", 2));

        Assert.Equal(2UL, (await store.LoadAsync(Drafts.Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Maps_SaveLoadList_GiveWhatWasSaved()
    {
        using var store = new SqliteMapStore(_temp.File("state.db"));
        foreach (var hash in new[] { "cc", "aa", "bb" })
        {
            await store.SaveAsync(new MapSummary(hash, "Insel " + hash, 3, 4), Encoding.UTF8.GetBytes(hash));
        }

        await store.SaveAsync(new MapSummary("aa", "another name", 9, 9), new byte[1]);

        Assert.Equal("aa", Encoding.UTF8.GetString((await store.LoadAsync("aa"))!));
        Assert.Null(await store.LoadAsync("dd"));
        Assert.Equal(["aa", "bb"], (await store.ListAsync(after: null, limit: 2)).Select(map => map.Hash));
        Assert.Equal([new MapSummary("cc", "Insel cc", 3, 4)], await store.ListAsync(after: "bb", limit: 2));
    }

    private static PlayerCheckpoint Checkpoint(string player, ulong applied) => new(
        Drafts.Hunt, new PlayerId(player), Drafts.Operation(1, 1).Session, applied, Tile.At(65_535, 2), Left: false, ReadOnlyMemory<byte>.Empty);
}
