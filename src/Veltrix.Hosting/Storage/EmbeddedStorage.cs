using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Veltrix.Hosting.Storage;

/// <summary>Keeps everything but the ledger of one silo in a data folder.</summary>
public static class EmbeddedStorage
{
    // The provider knows SQLite by this name and finds the factory of Microsoft.Data.Sqlite under it.
    private const string Invariant = "System.Data.SQLite";

    public static ISiloBuilder AddEmbeddedStorage(this ISiloBuilder silo, DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(folder);

        // The tables must be there before the provider reads its statements.
        SqliteFile.OpenWriter(folder.GrainsFile, "NORMAL", GrainStorageSchema.Migrations).Dispose();

        silo.Services.AddSingleton(folder);
        silo.Services.AddSingleton<IMapStore>(new SqliteMapStore(folder.StateFile));
        silo.Services.AddSingleton<ICheckpointStore>(new SqliteCheckpointStore(folder.StateFile));
        return silo.AddAdoNetGrainStorage(StorageNames.Grains, options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = new SqliteConnectionStringBuilder { DataSource = folder.GrainsFile, Pooling = true }.ToString();
            options.GrainStorageSerializer = new JsonStateSerializer();
            options.HashPicker = new GrainKeyHasher();
            options.DeleteStateOnClear = true;
        });
    }
}
