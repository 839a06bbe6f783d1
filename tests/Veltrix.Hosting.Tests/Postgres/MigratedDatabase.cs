using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Testing.Databases;

namespace Veltrix.Hosting.Tests.Postgres;

/// <summary>A database of its own for a test class, with all tables of this project; nothing where there is no server.</summary>
public sealed class MigratedDatabase : IAsyncLifetime
{
    private readonly PostgresDatabase _database = new();

    public NpgsqlDataSource DataSource => _database.DataSource;

    public string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        if (PostgresDatabase.Missing is null)
        {
            await new PostgresMigrator(DataSource, [PostgresSchemas.Orleans, PostgresSchemas.State]).MigrateAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
