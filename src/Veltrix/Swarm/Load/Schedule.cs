using Veltrix.World;
using StableHash = Veltrix.World.StableHash;

namespace Veltrix.Commands.Swarm.Load;

/// <summary>
/// When each player sends each frame: player i sends frame k at phase(i) + k x period, whatever was answered (an open loop). All players have one
/// period, so the order of the players by phase repeats for ever: a ring of players is the whole calendar. Players may begin one after
/// another over a ramp, as people come to a hunt: a server whose code is not compiled yet would otherwise meet the whole crowd at once.
/// </summary>
internal sealed class Schedule
{
    private readonly int[] _order;
    private readonly long[] _phases;
    private readonly long _ramp;
    private int _at;
    private long _round;

    /// <param name="players">how many players</param>
    /// <param name="rate">commands a second and player</param>
    /// <param name="batch">commands a frame</param>
    /// <param name="seed">decides the phases</param>
    /// <param name="ramp">nanoseconds over which players begin, evenly and in their order; 0: all at once</param>
    public Schedule(int players, double rate, int batch, ulong seed, long ramp = 0)
    {
        _ramp = ramp;
        Period = (long)(batch / rate * 1e9);
        _order = new int[players];
        _phases = new long[players];
        var random = new SeededRandom(StableHash.Combine(seed, StableHash.Of("phases")));
        for (var i = 0; i < players; i++)
        {
            _order[i] = i;
            _phases[i] = (long)(random.NextDouble() * Period);
        }

        Array.Sort((long[])_phases.Clone(), _order);
        SkipWhoHasNotBegun();
    }

    /// <summary>Nanoseconds between two frames of a player.</summary>
    public long Period { get; }

    /// <summary>The player of the next frame.</summary>
    public int Player => _order[_at];

    /// <summary>When the next frame is due, in nanoseconds after the start.</summary>
    public long Due => _phases[_order[_at]] + (_round * Period);

    /// <summary>Goes to the frame after; it is due at the same time or later.</summary>
    public void Advance()
    {
        Step();
        SkipWhoHasNotBegun();
    }

    private void SkipWhoHasNotBegun()
    {
        while (Due < _ramp && Due < _ramp * (double)Player / _order.Length)
        {
            Step();
        }
    }

    private void Step()
    {
        if (++_at == _order.Length)
        {
            _at = 0;
            _round++;
        }
    }
}
