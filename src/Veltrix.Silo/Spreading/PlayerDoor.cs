using Microsoft.Extensions.Logging;
using Veltrix.Contracts;

namespace Veltrix.Silo.Spreading;

/// <summary>This silo's way in for its players: a call ends here that another silo would have to hand on, and goes on inside the silo.</summary>
internal sealed class PlayerDoor : GrainService, IPlayerDoor
{
    private readonly IGrainFactory _grains;

    public PlayerDoor(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IGrainFactory grains, ILocalSiloDetails local, SiloDoor door)
        : base(id, silo, loggers)
    {
        _grains = grains;

        // Clients know a silo by the address at which it takes clients. A silo without one has no door.
        if (local.GatewayAddress is { } address && SystemTargetGrainId.TryParse(id, out var own))
        {
            door.Open(own.WithSiloAddress(SiloAddress.New(address.Endpoint, 0)).GrainId);
        }
    }

    public ValueTask<PlayReply> PlayAsync(GrainId player, PlayRequest request) => _grains.GetGrain<IPlayerGrain>(player).PlayAsync(request);
}
