using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

public sealed class PostgresMigratorTests : IDisposable
{
    private static readonly PostgresSchema First = new("first", ["CREATE TABLE a (n integer)", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)"]);
    private static readonly PostgresSchema Second = new("second", ["CREATE TABLE b (n integer)"]);

    private readonly PostgresDatabase _database;

    public PostgresMigratorTests()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = new PostgresDatabase();
    }

    public void Dispose() => _database?.Dispose();

    [Fact]
    public async Task Migrate_AnEmptyDatabase_RunsEveryStepInOrder_AndARepeatNone()
    {
        Assert.Equal([new("first", 1), new("first", 2), new("second", 1)], await Migrator(First, Second).MigrateAsync());
        Assert.Empty(await Migrator(First, Second).MigrateAsync());
        await Migrator(First, Second).CheckAsync();
    }

    [Fact]
    public async Task Migrate_TenAtOnce_RunEachStepOnce()
    {
        var sources = Enumerable.Range(0, 10).Select(_ => NpgsqlDataSource.Create(_database.ConnectionString)).ToArray();
        var run = await Task.WhenAll(sources.Select(source => Task.Run(() => new PostgresMigrator(source, [First, Second]).MigrateAsync())));
        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }

        Assert.Equal(3, run.Sum(steps => steps.Length));
        Assert.Equal(3, run.SelectMany(steps => steps).Distinct().Count());
        Assert.Equal(2L, await ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task Migrate_AGrownSchema_RunsOnlyTheNewSteps()
    {
        await Migrator(First with { Migrations = First.Migrations[..1] }).MigrateAsync();

        Assert.Equal([new("first", 2), new("second", 1)], await Migrator(First, Second).MigrateAsync());
    }

    [Fact]
    public async Task MigrateAndCheck_ANewerDatabase_AreRefused()
    {
        await Migrator(First, Second).MigrateAsync();

        var older = Migrator(First with { Migrations = First.Migrations[..1] }, Second);
        Assert.Contains("newer veltrix (it holds first 2,", (await Refusal(older.MigrateAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("newer veltrix (it holds first 2,", (await Refusal(older.CheckAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("newer veltrix (it holds second 1,", (await Refusal(Migrator(First).CheckAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateAndCheck_AChangedStep_AreRefused()
    {
        await Migrator(First).MigrateAsync();

        var changed = Migrator(First with { Migrations = ["CREATE TABLE a (n bigint)", First.Migrations[1], "CREATE TABLE c (n integer)"] });
        Assert.Contains("migration first 1 is not the one", (await Refusal(changed.MigrateAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("migration first 1 is not the one", (await Refusal(changed.CheckAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await ScalarAsync("SELECT to_regclass('c')::text"));
    }

    [Fact]
    public async Task Migrate_OtherLineEnds_AreTheSameStep()
    {
        await Migrator(new PostgresSchema("first", ["CREATE TABLE a (\n  n integer\n)"])).MigrateAsync();

        Assert.Empty(await Migrator(new PostgresSchema("first", ["CREATE TABLE a (\r\n  n integer\r\n)"])).MigrateAsync());
    }

    [Fact]
    public async Task Migrate_AFailingStep_KeepsWhatWasDoneAndNothingOfIt()
    {
        var broken = new PostgresSchema("second", ["CREATE TABLE b (n integer); SELECT 1 / 0"]);

        Assert.Contains("migration second 1 failed", (await Refusal(Migrator(First, broken).MigrateAsync())).Message, StringComparison.Ordinal);

        Assert.Equal(DBNull.Value, await ScalarAsync("SELECT to_regclass('b')::text"));
        Assert.Equal([new("second", 1)], await Migrator(First, Second).MigrateAsync());
    }

    [Fact]
    public async Task Check_MissingSteps_SaysWhatToRun_AndChangesNothing()
    {
        Assert.Contains("lacks 3 migrations, first first 1: run `veltrix migrate`", (await Refusal(Migrator(First, Second).CheckAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await ScalarAsync("SELECT to_regclass('veltrix_migrations')::text"));

        await Migrator(First).MigrateAsync();
        Assert.Contains("lacks the migration second 1: run", (await Refusal(Migrator(First, Second).CheckAsync())).Message, StringComparison.Ordinal);
    }

    private static Task<PostgresStorageException> Refusal(Task refused) => Assert.ThrowsAsync<PostgresStorageException>(() => refused);

    private PostgresMigrator Migrator(params ImmutableArray<PostgresSchema> schemas) => new(_database.DataSource, schemas);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
