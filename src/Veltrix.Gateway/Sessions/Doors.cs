using System.Collections.Concurrent;
using System.Net;

namespace Veltrix.Gateway.Sessions;

/// <summary>The silos' doors, as far as this gateway has heard of them. What one session learns of a door holds for all.</summary>
internal sealed class Doors(IGrainFactory grains)
{
    // Silos come and go in a long life: what is forgotten is learned again with the next reply.
    private const int Most = 1_024;

    private readonly ConcurrentDictionary<GrainId, Door> _known = new();

    public Door Of(GrainId id)
    {
        if (_known.TryGetValue(id, out var known) && !known.IsShut)
        {
            return known;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        return _known[id] = new Door(grains.GetGrain<IPlayerDoor>(id), SiloDoor.NumberOf(id));
    }

    /// <summary>Shuts what leads to a silo.</summary>
    /// <param name="silo">where it takes clients</param>
    /// <returns>the doors</returns>
    public IReadOnlyList<Door> ShutAt(IPEndPoint silo)
    {
        Door[] doors = [.. _known.Where(known => SystemTargetGrainId.TryParse(known.Key, out var own) && own.GetSiloAddress().Endpoint.Equals(silo)).Select(static known => known.Value)];
        foreach (var door in doors)
        {
            door.Shut();
        }

        return doors;
    }
}

/// <summary>A door of which a reply told.</summary>
internal sealed class Door(IPlayerDoor grain, long number)
{
    private volatile bool _shut;

    public IPlayerDoor Grain => grain;

    public long Number => number;

    /// <summary>Nobody takes it any more: its silo stops, or a call through it failed. A later reply may name it again.</summary>
    public bool IsShut => _shut;

    public void Shut() => _shut = true;
}
