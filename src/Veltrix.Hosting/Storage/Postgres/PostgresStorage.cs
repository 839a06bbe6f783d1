using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// Keeps everything but the ledger of a cluster's silos in a PostgreSQL database, and lets silos and clients find each other through it. The
/// database must have its tables before a silo or a client starts (see <see cref="PostgresMigrator"/>): Orleans reads its statements from them.
/// </summary>
public static class PostgresStorage
{
    private const string Invariant = "Npgsql";

    /// <summary>The provider whose keys <see cref="WholeKeyGrainStorage"/> mends; nobody else uses it.</summary>
    private const string Rows = StorageNames.Grains + ".rows";

    /// <summary>
    /// Adds grain storage, reminders, maps and checkpoints, and registers the database. The data source stays the caller's, who disposes it after the silo.
    /// </summary>
    public static ISiloBuilder AddPostgresStorage(this ISiloBuilder silo, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(database);

        silo.Services.TryAddSingleton(database);
        silo.Services.AddSingleton<IMapStore>(new PostgresMapStore(database));
        silo.Services.AddSingleton<ICheckpointStore>(_ => new PostgresCheckpointStore(database));
        silo.AddAdoNetGrainStorage(Rows, options =>
        {
            options.Invariant = Invariant;
            options.DataSource = database;
            options.GrainStorageSerializer = new JsonStateSerializer();
            options.DeleteStateOnClear = true;
        });
        silo.Services.AddGrainStorage(
            StorageNames.Grains, (services, _) => new WholeKeyGrainStorage(services.GetRequiredKeyedService<IGrainStorage>(Rows)));
        return silo.UseAdoNetReminderService(options =>
        {
            options.Invariant = Invariant;
            options.DataSource = database;
        });
    }

    /// <summary>Lets the silo join its cluster through the database.</summary>
    public static ISiloBuilder UsePostgresClustering(this ISiloBuilder silo, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(database);
        return silo.UseAdoNetClustering(options =>
        {
            options.Invariant = Invariant;
            options.DataSource = database;
        });
    }

    /// <summary>Lets the client find the cluster's silos through the database.</summary>
    public static IClientBuilder UsePostgresClustering(this IClientBuilder client, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(database);
        return client.UseAdoNetClustering(options =>
        {
            options.Invariant = Invariant;
            options.DataSource = database;
        });
    }
}
