using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Veltrix.Hosting.Tests;

/// <summary>What grain storage promises, whichever database it lies in: Orleans' AdoNet provider on our tables, as a silo sets it up.</summary>
public abstract class GrainStorageConformance : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    protected IGrainStorage Storage => _cluster!.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains);

    public virtual async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => Configure(silo));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheStateAndReadableJson()
    {
        var id = GrainId.Create("hunt", "island");
        var state = new GrainState<Sample>(new Sample("größer", HuntPhase.Running, new HuntId("island"), [new PlayerId("ada")]));
        await Storage.WriteStateAsync("state", id, state);

        var read = await ReadAsync("state", id);

        Assert.True(read.RecordExists);
        Assert.Equivalent(state.State, read.State, strict: true);
        Assert.Equal(state.ETag, read.ETag);
        Assert.Equal("""{"name":"größer","phase":"Running","hunt":"island","players":["ada"]}""", await ScalarAsync(PayloadSql));
    }

    [Theory]
    [InlineData("7", "07", "007")]
    [InlineData("123456789012", "0123456789012", "12345678901")]
    [InlineData("abc", "0abc", "ABC")]
    [InlineData("00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff", "ff")]
    public async Task Write_KeysThatLookLikeOneNumber_KeepTheirOwnStates(params string[] keys)
    {
        foreach (var key in keys)
        {
            await Storage.WriteStateAsync("state", GrainId.Create("hunt", key), new GrainState<Sample>(new Sample(key)));
        }

        foreach (var key in keys)
        {
            Assert.Equal(key, (await ReadAsync("state", GrainId.Create("hunt", key))).State?.Name);
        }
    }

    [Theory]
    [InlineData("k")]
    [InlineData("7")]
    [InlineData("\U0001F5FA")]
    public async Task Write_AKeyOf500Characters_IsFoundAgain(string character)
    {
        var id = GrainId.Create("hunt", string.Concat(Enumerable.Repeat(character, 500)));
        await Storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("long")));

        Assert.Equal("long", (await ReadAsync("state", id)).State?.Name);
        Assert.False((await ReadAsync("state", GrainId.Create("hunt", string.Concat(Enumerable.Repeat(character, 499))))).RecordExists);
    }

    [Fact]
    public async Task Write_OneKeyUnderTwoNames_KeepsBoth()
    {
        var id = GrainId.Create("hunt", "7");
        await Storage.WriteStateAsync("first", id, new GrainState<Sample>(new Sample("one")));
        await Storage.WriteStateAsync("second", GrainId.Create("board", "7"), new GrainState<Sample>(new Sample("two")));

        Assert.Equal("one", (await ReadAsync("first", id)).State?.Name);
        Assert.Equal("two", (await ReadAsync("second", GrainId.Create("board", "7"))).State?.Name);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Write_FromAnOldVersion_IsRefused()
    {
        var id = GrainId.Create("hunt", "island");
        await Storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("one")));
        var (first, second) = (await ReadAsync("state", id), await ReadAsync("state", id));
        first.State = new Sample("two");
        await Storage.WriteStateAsync("state", id, first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", id, second));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", id, second));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("three"))));
        Assert.Equal("two", (await ReadAsync("state", id)).State?.Name);
    }

    [Fact]
    public async Task Clear_LeavesNoRow_AndTheOldVersionDoesNotFitTheNextOne()
    {
        var id = GrainId.Create("hunt", "island");
        var state = new GrainState<Sample>(new Sample("one"));
        await Storage.WriteStateAsync("state", id, state);
        var stale = await ReadAsync("state", id);

        await Storage.ClearStateAsync("state", id, state);
        Assert.Equal(0, await CountAsync());
        Assert.False((await ReadAsync("state", id)).RecordExists);

        await Storage.WriteStateAsync("state", id, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", id, stale));
    }

    protected abstract string PayloadSql { get; }

    protected abstract void Configure(ISiloBuilder silo);

    protected abstract Task<object?> ScalarAsync(string sql);

    protected async Task<GrainState<Sample>> ReadAsync(string name, GrainId id)
    {
        var state = new GrainState<Sample>();
        await Storage.ReadStateAsync(name, id, state);
        return state;
    }

    protected async Task<long> CountAsync() => (long)(await ScalarAsync("SELECT count(*) FROM OrleansStorage"))!;

    /// <summary>A state with what our states are made of.</summary>
    public sealed record Sample(
        string Name = "", HuntPhase Phase = HuntPhase.Scheduled, HuntId Hunt = default, ImmutableArray<PlayerId> Players = default)
    {
        public Sample()
            : this("")
        {
        }

        public ImmutableArray<PlayerId> Players { get; init; } = Players.IsDefault ? [] : Players;
    }
}
