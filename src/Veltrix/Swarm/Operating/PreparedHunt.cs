using Veltrix.Commands.Swarm.Model;

namespace Veltrix.Commands.Swarm.Operating;

/// <summary>A hunt that is ready to be played.</summary>
/// <param name="Id">its id</param>
/// <param name="Model">the swarm's idea of it</param>
/// <param name="Before">what players had scored in it before</param>
internal sealed record PreparedHunt(string Id, HuntModel Model, IReadOnlyDictionary<string, long> Before)
{
    public long PointsOf(string player) => Before.TryGetValue(player, out var points) ? points : 0;
}
