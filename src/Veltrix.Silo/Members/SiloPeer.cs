using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;
using Veltrix.Contracts;
using Veltrix.Silo.Spreading;

namespace Veltrix.Silo.Members;

/// <summary>What silos tell each other, beside what Orleans does.</summary>
[Alias("veltrix.ISiloPeer")]
internal interface ISiloPeer : IGrainService
{
    /// <summary>A silo stops. It will take calls for a while, and hands its grains over.</summary>
    [Alias("Leaving")]
    Task LeavingAsync(SiloAddress silo);

    /// <summary>Whether this silo, too, is refused at another's port (see <see cref="SiloWatch"/>).</summary>
    [Alias("IsGone")]
    Task<bool> IsGoneAsync(SiloAddress silo);

    /// <summary>The hunts that are played here now.</summary>
    [Alias("Running")]
    Task<ImmutableArray<HuntId>> RunningAsync();
}

internal sealed class SiloPeer(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloSpread spread, IPlayedHunts hunts, TimeProvider clock)
    : GrainService(id, silo, loggers), ISiloPeer
{
    public Task LeavingAsync(SiloAddress silo)
    {
        spread.OnLeaving(silo);
        return Task.CompletedTask;
    }

    public Task<bool> IsGoneAsync(SiloAddress silo) => ClosedPort.IsClosedAsync(silo.Endpoint, clock);

    public Task<ImmutableArray<HuntId>> RunningAsync() => Task.FromResult(hunts.Running);
}

/// <summary>The other silos.</summary>
internal interface ISiloPeers
{
    ISiloPeer At(SiloAddress silo);
}

internal sealed class SiloPeers(IServiceProvider services) : GrainServiceClient<ISiloPeer>(services), ISiloPeers
{
    public ISiloPeer At(SiloAddress silo) => GetGrainService(silo);
}
