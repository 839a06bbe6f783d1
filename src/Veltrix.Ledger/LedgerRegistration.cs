using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Hosting.Storage;
using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Sqlite;

namespace Veltrix.Ledger;

/// <summary>Puts the ledger into a silo.</summary>
public static class LedgerRegistration
{
    /// <summary>
    /// Adds the ledger's grains and, unless another <see cref="ILedgerStore"/> is registered, the store in the silo's <see cref="DataFolder"/>.
    /// </summary>
    public static ISiloBuilder AddVeltrixLedger(this ISiloBuilder silo, Action<LedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddVeltrixLedger(configure);
        return silo;
    }

    /// <inheritdoc cref="AddVeltrixLedger(ISiloBuilder, Action{LedgerOptions}?)"/>
    public static IServiceCollection AddVeltrixLedger(this IServiceCollection services, Action<LedgerOptions>? configure = null)
    {
        AddCommon(services, configure);
        services.TryAddSingleton<ILedgerStore>(provider => new SqliteLedgerStore(
            provider.GetRequiredService<DataFolder>().LedgerFile,
            provider.GetRequiredService<IOptions<LedgerOptions>>().Value,
            provider.GetRequiredService<LedgerMetrics>(),
            provider.GetRequiredService<ILogger<SqliteLedgerStore>>()));
        return services;
    }

    /// <summary>
    /// Adds the ledger's grains and, unless another <see cref="ILedgerStore"/> is registered, the store on PostgreSQL. The tables of
    /// <see cref="PostgresLedgerSchema"/> must be there by the time of the first read.
    /// </summary>
    /// <param name="silo">the silo</param>
    /// <param name="connectionString">the database, asked for when the store is made</param>
    /// <param name="configure">sets options</param>
    public static ISiloBuilder AddVeltrixLedgerOnPostgres(
        this ISiloBuilder silo, Func<IServiceProvider, string> connectionString, Action<LedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddVeltrixLedgerOnPostgres(connectionString, configure);
        return silo;
    }

    /// <inheritdoc cref="AddVeltrixLedgerOnPostgres(ISiloBuilder, Func{IServiceProvider, string}, Action{LedgerOptions}?)"/>
    public static IServiceCollection AddVeltrixLedgerOnPostgres(
        this IServiceCollection services, Func<IServiceProvider, string> connectionString, Action<LedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        AddCommon(services, configure);
        services.TryAddSingleton<ILedgerStore>(provider => new PostgresLedgerStore(
            connectionString(provider),
            provider.GetRequiredService<IOptions<LedgerOptions>>().Value,
            provider.GetRequiredService<LedgerMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresLedgerStore>>()));
        return services;
    }

    private static void AddCommon(IServiceCollection services, Action<LedgerOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TurnMetrics>();
        services.TryAddSingleton<ISpread, NoSpread>();
        services.TryAddSingleton<LedgerMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>());
        services.AddOptions<LedgerOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddSingleton<ILedgerArchive>(provider => provider.GetRequiredService<ILedgerStore>());
    }
}
