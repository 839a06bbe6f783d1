using System.Collections.Concurrent;
using Veltrix.Commands.Swarm.Load;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Swarm.Model;

/// <summary>
/// Who claimed which treasure, as the answers told all bots so far. A claim that somebody saw the effect of before its winner's answer
/// came in is owed: at the end of the run it must have a winner.
/// </summary>
internal sealed class Treasury(TreasurePlan plan, int respawnSeconds)
{
    // Two clocks of two answers stand behind the time between two claims; a respawn time is compared with this much room.
    private const long Room = 2 * Nanoseconds.PerSecond;

    private readonly int[] _claims = new int[plan.All.Length];
    private readonly long[] _claimedAt = new long[respawnSeconds > 0 ? plan.All.Length : 0];
    private readonly ConcurrentDictionary<int, string> _owed = [];

    public TreasurePlan Plan => plan;

    public bool Respawns => respawnSeconds > 0;

    /// <summary>Whether anybody is known to have claimed the treasure.</summary>
    public bool IsClaimed(int treasure) => Volatile.Read(ref _claims[treasure]) > 0;

    /// <summary>How often the treasure was claimed, by anybody.</summary>
    public int Claims(int treasure) => Volatile.Read(ref _claims[treasure]);

    /// <summary>Notes a claim.</summary>
    /// <param name="treasure">its number</param>
    /// <param name="now">when the answer arrived</param>
    /// <param name="latency">how long the answer took</param>
    /// <returns>whether the claim can be: nobody claimed this generation before</returns>
    public bool TryClaim(int treasure, long now, long latency)
    {
        if (!Respawns)
        {
            return Interlocked.Increment(ref _claims[treasure]) == 1;
        }

        var earlier = Interlocked.Exchange(ref _claimedAt[treasure], now);
        return Interlocked.Increment(ref _claims[treasure]) == 1 || now - earlier + latency + Room >= respawnSeconds * Nanoseconds.PerSecond;
    }

    /// <summary>Notes a claim that the ledger has, whoever made it, and that no answer has told of.</summary>
    public void Found(int treasure)
    {
        if ((uint)treasure < (uint)_claims.Length)
        {
            Interlocked.Increment(ref _claims[treasure]);
        }
    }

    /// <summary>Notes that somebody was shown the effect of a claim.</summary>
    public void Owe(int treasure, string witness)
    {
        if (!IsClaimed(treasure))
        {
            _owed.TryAdd(treasure, witness);
        }
    }

    /// <summary>What was shown as claimed although nobody has claimed it.</summary>
    public IEnumerable<string> Unexplained() => _owed.Where(owed => !IsClaimed(owed.Key)).OrderBy(owed => owed.Key).Select(owed => owed.Value);
}
