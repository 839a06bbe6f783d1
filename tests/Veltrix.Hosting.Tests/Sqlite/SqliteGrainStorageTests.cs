using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Storage;
using Veltrix.Testing.Processes;

namespace Veltrix.Hosting.Tests.Sqlite;

public sealed class SqliteGrainStorageTests : GrainStorageConformance
{
    private readonly TemporaryFolder _temp = new();
    private readonly DataFolder _folder;

    public SqliteGrainStorageTests() => _folder = DataFolder.Open(_temp.Of("data"));

    protected override string PayloadSql => "SELECT CAST(PayloadBinary AS TEXT) FROM OrleansStorage";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        SqliteConnection.ClearAllPools();
        _temp.Dispose();
    }

    protected override void Configure(ISiloBuilder silo) => silo.AddEmbeddedStorage(_folder);

    protected override async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.GrainsFile};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
