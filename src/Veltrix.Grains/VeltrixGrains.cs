using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Veltrix.Grains.Boards;
using Veltrix.Grains.Hunts;
using Veltrix.Grains.Players;
using Veltrix.Grains.Regions;

namespace Veltrix.Grains;

/// <summary>Puts the game's grains into a silo.</summary>
public static class VeltrixGrains
{
    /// <summary>
    /// Adds players, regions, hunts, boards and maps. The silo must also have an <see cref="ICheckpointStore"/>, an <see cref="ILedgerArchive"/>, an
    /// <see cref="IMapStore"/>, an <see cref="IMapThreads"/>, an <see cref="ISpread"/> where it has company, the ledger's grains, and a grain storage named <see cref="StorageNames.Grains"/>. Options are
    /// read from the configuration's sections Veltrix:Players, Veltrix:Regions, Veltrix:Hunts and Veltrix:Boards.
    /// </summary>
    public static ISiloBuilder AddVeltrixGrains(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var services = silo.Services;
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISpread, NoSpread>();
        services.TryAddSingleton<SiloDoor>();
        services.TryAddSingleton<MapCache>();
        services.TryAddSingleton<HuntCatalog>();
        services.TryAddSingleton<IHuntCatalog>(static provider => provider.GetRequiredService<HuntCatalog>());
        services.TryAddSingleton<IPlayedHunts>(static provider => provider.GetRequiredService<HuntCatalog>());
        services.TryAddSingleton<TurnMetrics>();
        services.TryAddSingleton<PlayerMetrics>();
        services.TryAddSingleton<RegionMetrics>();
        services.TryAddSingleton<HuntMetrics>();
        services.TryAddSingleton<BoardMetrics>();
        AddOptions<PlayerOptions, PlayerOptionsValidator>(services, "Veltrix:Players");
        AddOptions<RegionOptions, RegionOptionsValidator>(services, "Veltrix:Regions");
        AddOptions<HuntOptions, HuntOptionsValidator>(services, "Veltrix:Hunts");
        AddOptions<BoardOptions, BoardOptionsValidator>(services, "Veltrix:Boards");
        services.AddOptions<GrainCollectionOptions>().Configure<IOptions<PlayerOptions>, IOptions<RegionOptions>>(static (collection, players, regions) =>
        {
            collection.ClassSpecificCollectionAge[typeof(PlayerGrain).FullName!] = players.Value.IdleFor;

            // A region that nobody asks for keeps showing those who stand in it for as long as they are to be seen.
            collection.ClassSpecificCollectionAge[typeof(RegionGrain).FullName!] = regions.Value.SeenFor + TimeSpan.FromMinutes(5);
        });
        return silo;
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }
}
