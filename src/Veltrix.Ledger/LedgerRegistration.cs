using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Hosting.Storage;
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
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LedgerMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>());
        services.AddOptions<LedgerOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddSingleton<ILedgerStore>(provider => new SqliteLedgerStore(
            provider.GetRequiredService<DataFolder>().LedgerFile,
            provider.GetRequiredService<IOptions<LedgerOptions>>().Value,
            provider.GetRequiredService<LedgerMetrics>(),
            provider.GetRequiredService<ILogger<SqliteLedgerStore>>()));
        services.TryAddSingleton<ILedgerArchive>(provider => provider.GetRequiredService<ILedgerStore>());
        return services;
    }
}
