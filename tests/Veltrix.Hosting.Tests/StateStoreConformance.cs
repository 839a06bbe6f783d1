using System.Text;
using Veltrix.World;

namespace Veltrix.Hosting.Tests;

/// <summary>What the stores of maps and checkpoints promise, whichever database they lie in.</summary>
public abstract class StateStoreConformance
{
    protected static readonly HuntId Hunt = new("demo");

    [Fact]
    public async Task Checkpoints_TenThousandAtOnce_AreAllWrittenAndFoundAgain()
    {
        var store = OpenCheckpoints();
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => store.SaveAsync(Checkpoint($"p{i}", applied: 1)).AsTask()));
        await CloseAsync(store);

        var reopened = OpenCheckpoints();
        foreach (var i in new[] { 0, 4_096, 9_999 })
        {
            Assert.Equal($"p{i}", (await reopened.LoadAsync(Hunt, new PlayerId($"p{i}")))?.Player.Value);
        }
    }

    [Fact]
    public async Task Checkpoints_SaveAndLoad_KeepEveryField()
    {
        var store = OpenCheckpoints();
        var saved = Checkpoint("ada", ulong.MaxValue) with { Left = true, Answers = Encoding.UTF8.GetBytes("kept") };
        await store.SaveAsync(saved);

        var loaded = await store.LoadAsync(Hunt, new PlayerId("ada"));

        Assert.Equal(saved with { Answers = default }, loaded! with { Answers = default });
        Assert.Equal("kept", Encoding.UTF8.GetString(loaded.Answers.Span));
        Assert.Null(await store.LoadAsync(Hunt, new PlayerId("bob")));
    }

    [Fact]
    public async Task Checkpoints_LoadWhileASaveWaits_SeesIt()
    {
        var store = OpenCheckpoints();
        var saves = Enumerable.Range(1, 500).Select(i => store.SaveAsync(Checkpoint("ada", (ulong)i)).AsTask()).ToArray();

        Assert.Equal(500UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);

        await Task.WhenAll(saves);
        Assert.Equal(500UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Checkpoints_AnOlderOneOfTheSession_ChangesNothing()
    {
        var store = OpenCheckpoints();
        await store.SaveAsync(Checkpoint("ada", 9));
        await store.SaveAsync(Checkpoint("ada", 8));
        Assert.Equal(9UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);
    }

    [Fact]
    public async Task Checkpoints_OfASessionThatWasReplaced_DoNotBringItBack()
    {
        var store = OpenCheckpoints();
        var next = new SessionId(new Guid(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2));
        await store.SaveAsync(Checkpoint("ada", 9));

        // In one batch or in two: the session that begins goes in, the late word of the one before does not.
        await Task.WhenAll(store.SaveAsync(Checkpoint("ada", 0) with { Session = next }).AsTask(), store.SaveAsync(Checkpoint("ada", 10)).AsTask());
        await store.SaveAsync(Checkpoint("ada", 11));
        Assert.Equal(next, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Session);

        await store.SaveAsync(Checkpoint("ada", 1) with { Session = next });
        Assert.Equal(1UL, (await store.LoadAsync(Hunt, new PlayerId("ada")))?.Applied);
        await CloseAsync(store);
        Assert.Equal(next, (await OpenCheckpoints().LoadAsync(Hunt, new PlayerId("ada")))?.Session);
    }

    [Fact]
    public async Task Checkpoints_ClosedWhileSavesWait_WritesThemAndRefusesLaterOnes()
    {
        var store = OpenCheckpoints();
        var saves = Enumerable.Range(0, 3_000).Select(i => store.SaveAsync(Checkpoint($"p{i}", applied: 1)).AsTask()).ToArray();

        await CloseAsync(store);

        await Task.WhenAll(saves);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.SaveAsync(Checkpoint("late", 1)).AsTask());
        Assert.NotNull(await OpenCheckpoints().LoadAsync(Hunt, new PlayerId("p2999")));
        Assert.Null(await OpenCheckpoints().LoadAsync(Hunt, new PlayerId("late")));
    }

    [Fact]
    public async Task Maps_SaveLoadList_GiveWhatWasSaved()
    {
        var store = OpenMaps();
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

    /// <summary>A store on the test's database; opened again, it is as after a new start.</summary>
    protected abstract ICheckpointStore OpenCheckpoints();

    protected abstract IMapStore OpenMaps();

    /// <summary>Closes a store as the silo does that it belongs to; again does nothing.</summary>
    protected static async Task CloseAsync(object store)
    {
        if (store is IAsyncDisposable later)
        {
            await later.DisposeAsync();
        }
        else
        {
            await Task.Run(((IDisposable)store).Dispose);
        }
    }

    protected static PlayerCheckpoint Checkpoint(string player, ulong applied) => new(
        Hunt, new PlayerId(player), new SessionId(new Guid(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), applied, Tile.At(65_535, 2), Left: false, ReadOnlyMemory<byte>.Empty);
}
