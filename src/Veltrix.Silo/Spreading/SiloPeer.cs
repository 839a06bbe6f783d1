using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Veltrix.Silo.Spreading;

/// <summary>What silos tell each other, beside what Orleans does.</summary>
[Alias("veltrix.ISiloPeer")]
internal interface ISiloPeer : IGrainService
{
    /// <summary>A silo stops. It will take calls for a while, and hands its grains over.</summary>
    [Alias("Leaving")]
    Task LeavingAsync(SiloAddress silo);
}

internal sealed class SiloPeer(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloSpread spread) : GrainService(id, silo, loggers), ISiloPeer
{
    public Task LeavingAsync(SiloAddress silo)
    {
        spread.OnLeaving(silo);
        return Task.CompletedTask;
    }
}

/// <summary>The other silos.</summary>
internal sealed class SiloPeers(IServiceProvider services) : GrainServiceClient<ISiloPeer>(services)
{
    public ISiloPeer At(SiloAddress silo) => GetGrainService(silo);
}
