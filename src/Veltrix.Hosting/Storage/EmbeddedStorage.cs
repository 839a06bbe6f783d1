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

        // Opened now, so that a file that cannot be used is told at once; handed over by a factory, so that the silo closes them when it ends.
        var maps = new SqliteMapStore(folder.StateFile);
        var checkpoints = new SqliteCheckpointStore(folder.StateFile);
        silo.Services.AddSingleton<IMapStore>(_ => maps);
        silo.Services.AddSingleton<ICheckpointStore>(_ => checkpoints);
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
