using System.Collections.Immutable;

namespace Veltrix.Silo.Spreading;

/// <summary>
/// What one silo does with its grains until it looks at the cluster again: who has which place, how many may follow their region to each of the others, and
/// how many have to go wherever there is room. Grains ask from many threads; what they take is counted down.
/// </summary>
internal sealed class SpreadView
{
    // Below some size a share of the mean is a handful of grains, which come and go by chance.
    private const int Slack = 8;

    private readonly ImmutableArray<SiloAddress> _silos;
    private readonly int _own;
    private readonly int[] _rooms;
    private readonly bool[] _full;
    private readonly int _budget;
    private readonly TimeSpan _until;
    private readonly TimeProvider _clock;
    private readonly long _since;
    private int _moved;
    private int _excess;
    private int _wentHome;

    /// <param name="silos">the silos that take calls, in the order in which they share the line; every silo has to know the same</param>
    /// <param name="own">which of them this one is</param>
    /// <param name="activations">how many grains each has</param>
    /// <param name="budget">how many grains may move until the next look</param>
    /// <param name="until">how long that is; the moves are spread over it, since those that move at the same moment wait for each other</param>
    /// <param name="options">when a silo has room, and when it is crowded</param>
    /// <param name="clock">tells how much of the time has passed</param>
    /// <param name="before">the look before; null for the first one</param>
    public SpreadView(
        ImmutableArray<SiloAddress> silos, int own, IReadOnlyList<int> activations, int budget, TimeSpan until, SpreadOptions options, TimeProvider clock, SpreadView? before = null)
    {
        (_silos, _own, _budget, _until) = (silos, own, budget, until);
        (_clock, _since) = (clock, clock.GetTimestamp());
        _rooms = new int[silos.Length];
        var mean = activations.Sum() / (double)silos.Length;
        for (var silo = 0; silo < _rooms.Length; silo++)
        {
            // All the others fill it at the same time: each its part.
            _rooms[silo] = silo == own ? 0 : Math.Max(0, (int)(((mean * options.Room) + Slack - activations[silo]) / (silos.Length - 1)));
        }

        _full = Array.ConvertAll(_rooms, static room => room == 0);

        // As long as enough go where they belong, a crowd melts by itself, and nobody is sent away who belongs here.
        var melts = before is null || Volatile.Read(ref before._wentHome) > Slack + (mean / 50);
        _excess = !melts && activations[own] > (mean * options.Crowded) + (2 * Slack) ? activations[own] - (int)(mean * options.Room) : 0;
    }

    /// <inheritdoc cref="Contracts.ISpread.Settle"/>
    public SiloAddress? Settle(double place)
    {
        var home = HomeOf(place);
        return home != _own && TakeMove() ? _silos[home] : null;
    }

    /// <inheritdoc cref="Contracts.ISpread.Follow"/>
    public SiloAddress? Follow(double place)
    {
        var home = HomeOf(place);
        if (home == _own || _full[home])
        {
            return Volatile.Read(ref _excess) > 0 ? GiveAway() : null;
        }

        if (Volatile.Read(ref _rooms[home]) <= 0 || !TakeMove() || !Take(ref _rooms[home]))
        {
            return null;
        }

        Interlocked.Increment(ref _wentHome);
        Take(ref _excess);
        return _silos[home];
    }

    /// <summary>Which of so many silos has a place.</summary>
    public static int IndexOf(double place, int silos) => Math.Clamp((int)(place * silos), 0, silos - 1);

    /// <summary>Whether one of these is among its silos.</summary>
    public bool HasAny(ImmutableHashSet<SiloAddress> silos) => _silos.Any(silos.Contains);

    private int HomeOf(double place) => IndexOf(place, _silos.Length);

    private SiloAddress? GiveAway()
    {
        var emptiest = 0;
        for (var silo = 1; silo < _rooms.Length; silo++)
        {
            emptiest = Volatile.Read(ref _rooms[silo]) > Volatile.Read(ref _rooms[emptiest]) ? silo : emptiest;
        }

        return Volatile.Read(ref _rooms[emptiest]) > 0 && TakeMove() && Take(ref _rooms[emptiest]) && Take(ref _excess) ? _silos[emptiest] : null;
    }

    private bool TakeMove()
    {
        var allowed = Math.Min(_budget, Math.Ceiling(_budget * (_clock.GetElapsedTime(_since) / _until)));

        // Who comes second stays and asks again: it must not use up the move of another.
        var moved = Volatile.Read(ref _moved);
        return moved < allowed && Interlocked.CompareExchange(ref _moved, moved + 1, moved) == moved;
    }

    private static bool Take(ref int counter)
    {
        if (Volatile.Read(ref counter) <= 0)
        {
            return false;
        }

        return Interlocked.Decrement(ref counter) >= 0;
    }
}
