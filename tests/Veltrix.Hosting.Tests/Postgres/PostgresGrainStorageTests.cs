using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

public sealed class PostgresGrainStorageTests : GrainStorageConformance, IClassFixture<MigratedDatabase>
{
    private readonly MigratedDatabase _database;

    public PostgresGrainStorageTests(MigratedDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
    }

    protected override string PayloadSql => "SELECT convert_from(PayloadBinary, 'UTF8') FROM OrleansStorage";

    public override async ValueTask InitializeAsync()
    {
        await ScalarAsync("TRUNCATE OrleansStorage");
        await base.InitializeAsync();
    }

    [Fact]
    public async Task Write_OneKeyAndOneStateNameOfTwoGrainTypes_KeepsBoth()
    {
        await Storage.WriteStateAsync("state", GrainId.Create("hunt", "7"), new GrainState<Sample>(new Sample("one")));
        await Storage.WriteStateAsync("state", GrainId.Create("board", "7"), new GrainState<Sample>(new Sample("two")));

        Assert.Equal("one", (await ReadAsync("state", GrainId.Create("hunt", "7"))).State?.Name);
        Assert.Equal("two", (await ReadAsync("state", GrainId.Create("board", "7"))).State?.Name);
        Assert.Equal("hunt/7", await ScalarAsync("SELECT GrainId FROM OrleansStorage WHERE StateName = 'state' ORDER BY GrainId DESC LIMIT 1"));
    }

    [Fact]
    public async Task Write_TwentyAtOnceFromNothing_OneWins()
    {
        var id = GrainId.Create("hunt", "island");

        Assert.Equal(1, await WinnersAsync(i => Storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample($"{i}")))));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Write_TwentyAtOnceFromOneVersion_OneWins()
    {
        var id = GrainId.Create("hunt", "island");
        var first = new GrainState<Sample>(new Sample("first"));
        await Storage.WriteStateAsync("state", id, first);

        Assert.Equal(1, await WinnersAsync(i => Storage.WriteStateAsync("state", id, new GrainState<Sample>(new Sample($"{i}"), first.ETag))));
        Assert.Equal(int.Parse(first.ETag!) + 1, int.Parse((await ReadAsync("state", id)).ETag!));
    }

    protected override void Configure(ISiloBuilder silo) => silo.AddPostgresStorage(_database.DataSource);

    protected override Task<object?> ScalarAsync(string sql) => _database.ScalarAsync(sql);

    private static async Task<int> WinnersAsync(Func<int, Task> write)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await write(i);
                return true;
            }
            catch (Orleans.Storage.InconsistentStateException)
            {
                return false;
            }
        })));
        return outcomes.Count(won => won);
    }
}
