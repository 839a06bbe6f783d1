using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Maps;

namespace Veltrix.Gateway.Live;

/// <summary>Makes hunts' live feeds.</summary>
internal sealed class HuntFeeds(IGrainFactory grains, MapCache maps, TimeProvider clock, IOptions<GatewayOptions> options, ILogger<HuntFeed> logger)
{
    public HuntFeed For(HuntRoom room) => new(room, grains, maps, clock, options.Value, logger);
}
