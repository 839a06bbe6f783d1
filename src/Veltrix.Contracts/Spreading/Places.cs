using Orleans.Runtime.Placement;

namespace Veltrix.Contracts;

/// <summary>Where the parts of a hunt lie on the line that the silos share (see <see cref="ISpread"/>), and how a grain goes there.</summary>
public static class Places
{
    /// <summary>A ledger shard's place: the shards of a hunt lie along the whole line.</summary>
    public static double OfShard(HuntId hunt, int shard, int shards) => Turn(hunt, (shard + 0.5) / shards);

    /// <summary>
    /// A point of a hunt's own line, on the line of all hunts. Each hunt begins elsewhere, so that many small ones do not all lie on the first silo.
    /// </summary>
    public static double Turn(HuntId hunt, double point)
    {
        const double steps = 1UL << 53;
        var turned = point + ((World.StableHash.Of(hunt.Value) >> 11) / steps);
        return turned - Math.Floor(turned);
    }

    /// <summary>
    /// Lets an activation end here and go on at another silo, after the calls that it is in. What it wants to take along it dehydrates. Null is to stay.
    /// </summary>
    /// <returns>whether it goes</returns>
    public static bool MoveTo(this IGrainBase grain, SiloAddress? silo)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (silo is null)
        {
            return false;
        }

        grain.GrainContext.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = silo });
        return true;
    }
}
