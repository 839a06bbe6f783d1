using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Veltrix.Hosting.Storage;

namespace Veltrix.Ledger.Tests.Hosting;

/// <summary>Orleans' AdoNet provider on our tables, as a silo sets it up.</summary>
public sealed class GrainStorageTests : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private DataFolder _folder = null!;
    private InProcessTestCluster _cluster = null!;
    private IGrainStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = DataFolder.Open(_temp.File("data"));
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddEmbeddedStorage(_folder));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        _storage = _cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheStateAndReadableJson()
    {
        var id = GrainId.Create("hunt", "island");
        var state = new GrainState<Sample>(new Sample("größer", HuntPhase.Running, new HuntId("island"), [new PlayerId("ada")]));
        await _storage.WriteStateAsync("state", id, state);

        var read = await ReadAsync("state", id);

        Assert.True(read.RecordExists);
        Assert.Equivalent(state.State, read.State, strict: true);
        Assert.Equal(state.ETag, read.ETag);
        Assert.Equal("""{"name":"größer","phase":"Running","hunt":"island","players":["ada"]}""", await PayloadAsync());
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
            await _storage.WriteStateAsync("state", GrainId.Create("hunt", key), new GrainState<Sample>(new Sample(key)));
        }

        foreach (var key in keys)
        {
            Assert.Equal(key, (await ReadAsync("state", GrainId.Create("hunt", key))).State?.Name);
        }
    }

    [Fact]
    public async Task Write_AKeyOf500Characters_IsFoundAgain()
    {
        var id = GrainId.Create("hunt", new string('k', 500));
        await _storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("long")));

        Assert.Equal("long", (await ReadAsync("state", id)).State?.Name);
    }

    [Fact]
    public async Task Write_OneKeyUnderTwoNames_KeepsBoth()
    {
        var id = GrainId.Create("hunt", "7");
        await _storage.WriteStateAsync("first", id, new GrainState<Sample>(new Sample("one")));
        await _storage.WriteStateAsync("second", GrainId.Create("board", "7"), new GrainState<Sample>(new Sample("two")));

        Assert.Equal("one", (await ReadAsync("first", id)).State?.Name);
        Assert.Equal("two", (await ReadAsync("second", GrainId.Create("board", "7"))).State?.Name);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Write_FromAnOldVersion_IsRefused()
    {
        var id = GrainId.Create("hunt", "island");
        await _storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("one")));
        var (first, second) = (await ReadAsync("state", id), await ReadAsync("state", id));
        first.State = new Sample("two");
        await _storage.WriteStateAsync("state", id, first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", id, second));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("state", id, second));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample("three"))));
        Assert.Equal("two", (await ReadAsync("state", id)).State?.Name);
    }

    [Fact]
    public async Task Clear_LeavesNoRow_AndTheOldVersionDoesNotFitTheNextOne()
    {
        var id = GrainId.Create("hunt", "island");
        var state = new GrainState<Sample>(new Sample("one"));
        await _storage.WriteStateAsync("state", id, state);
        var stale = await ReadAsync("state", id);

        await _storage.ClearStateAsync("state", id, state);
        Assert.Equal(0, await CountAsync());
        Assert.False((await ReadAsync("state", id)).RecordExists);

        await _storage.WriteStateAsync("state", id, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", id, stale));
    }

    private async Task<GrainState<Sample>> ReadAsync(string name, GrainId id)
    {
        var state = new GrainState<Sample>();
        await _storage.ReadStateAsync(name, id, state);
        return state;
    }

    private async Task<long> CountAsync() => (long)(await ScalarAsync("SELECT count(*) FROM OrleansStorage"))!;

    private async Task<string?> PayloadAsync() => (string?)await ScalarAsync("SELECT CAST(PayloadBinary AS TEXT) FROM OrleansStorage");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.GrainsFile};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A state with what our states are made of.</summary>
    internal sealed record Sample(
        string Name = "", HuntPhase Phase = HuntPhase.Scheduled, HuntId Hunt = default, ImmutableArray<PlayerId> Players = default)
    {
        public Sample()
            : this("")
        {
        }

        public ImmutableArray<PlayerId> Players { get; init; } = Players.IsDefault ? [] : Players;
    }
}
