using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Chaos.Felt;

/// <summary>
/// Tells for each wait of a player what it is owed to. Deeds come one after the other; a wait belongs to the first that was under way in it, else to one whose afterglow it fell
/// into, else to a grain that was deactivated just before, else to nothing at all. Times are the swarm clock's.
/// </summary>
internal sealed class PhaseBook
{
    public const string QuietName = "quiet";
    public const string GrainName = "grain";

    /// <summary>How long after a deed players may still feel it: clients that come back spread over two seconds.</summary>
    private const long Afterglow = 3 * Nanoseconds.PerSecond;

    /// <summary>A grain is back as soon as somebody calls it.</summary>
    private const long GrainAfterglow = Nanoseconds.PerSecond;

    private readonly Lock _gate = new();
    private readonly Phase _quiet = new(QuietName, 0);
    private readonly Phase _grain = new(GrainName, 0);
    private Phase[] _deeds = [];
    private long[] _grains = [];
    private long _measured = long.MaxValue;

    /// <summary>The stretches of all deeds, in order.</summary>
    public IReadOnlyList<Phase> Deeds => Volatile.Read(ref _deeds);

    /// <summary>What was felt while a grain had just been deactivated, and while nothing was done.</summary>
    public IEnumerable<Phase> Others => [_grain, _quiet];

    /// <summary>From when on waits count.</summary>
    public void Measure(long from) => Volatile.Write(ref _measured, from);

    /// <summary>Begins a stretch and ends the one before.</summary>
    public Phase Begin(string name, long now)
    {
        lock (_gate)
        {
            if (_deeds is [.., var before])
            {
                before.End(now);
            }

            var phase = new Phase(name, now);
            Volatile.Write(ref _deeds, [.. _deeds, phase]);
            return phase;
        }
    }

    /// <summary>What was done is over.</summary>
    public static void End(Phase phase, long now) => phase.End(now, Afterglow);

    /// <summary>A grain was deactivated.</summary>
    public void Grain(long now)
    {
        lock (_gate)
        {
            Volatile.Write(ref _grains, [.. _grains, now]);
        }
    }

    /// <summary>A player waited from one time to another. From any thread.</summary>
    /// <returns>what the wait is owed to; null in the warm-up, which does not count</returns>
    public Phase? Waited(long due, long arrived)
    {
        if (due < Volatile.Read(ref _measured))
        {
            return null;
        }

        var phase = Of(due, arrived);
        phase.Record(arrived - due);
        return phase;
    }

    private Phase Of(long due, long arrived)
    {
        Phase? active = null, glowing = null;
        var deeds = Volatile.Read(ref _deeds);
        for (var i = deeds.Length - 1; i >= 0 && deeds[i].To > due; i--)
        {
            var deed = deeds[i];
            if (deed.From <= arrived)
            {
                (active, glowing) = deed.Until > due ? (deed, glowing) : (active, deed);
            }
        }

        return active ?? glowing ?? (IsAfterGrain(due, arrived) ? _grain : _quiet);
    }

    private bool IsAfterGrain(long due, long arrived)
    {
        var grains = Volatile.Read(ref _grains);
        for (var i = grains.Length - 1; i >= 0 && grains[i] + GrainAfterglow > due; i--)
        {
            if (grains[i] <= arrived)
            {
                return true;
            }
        }

        return false;
    }
}
