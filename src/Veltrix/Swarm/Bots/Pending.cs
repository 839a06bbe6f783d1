using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>A command that was sent and waits for its answer.</summary>
/// <param name="Due">when it was scheduled, on the swarm's clock</param>
/// <param name="Kind">what was asked for</param>
/// <param name="Target">the tile that it is about</param>
/// <param name="From">where the bot expected to stand then</param>
/// <param name="Expected">what the model expected from there; for a dig, what it would be if something lay there</param>
/// <param name="Clue">the author's count of a dropped clue</param>
internal readonly record struct Pending(long Due, CommandKind Kind, Tile Target, Tile From, ResultCode Expected, uint Clue)
{
    /// <summary>The command as people write it.</summary>
    public override string ToString() => Kind is CommandKind.Look or CommandKind.Where ? CommandNames.Of(Kind) : $"{CommandNames.Of(Kind)} {Target}";
}

/// <summary>Pending commands in order: a ring that grows to what is unanswered at once.</summary>
internal sealed class PendingRing
{
    private Pending[] _ring = new Pending[8];
    private int _first;

    public int Count { get; private set; }

    public ref Pending this[int index] => ref _ring[(_first + index) & (_ring.Length - 1)];

    public void Add(in Pending pending)
    {
        if (Count == _ring.Length)
        {
            var larger = new Pending[_ring.Length * 2];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            (_ring, _first) = (larger, 0);
        }

        this[Count++] = pending;
    }

    public Pending Take()
    {
        var taken = _ring[_first];
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        return taken;
    }
}
