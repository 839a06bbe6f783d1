using Veltrix.Protocol;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// The answers of a session that its client has not confirmed, by sequence without gaps. It grows with what is kept, up to
/// <see cref="Most"/>, beyond which the oldest goes, and is back to nothing when all is confirmed. For one thread at a time.
/// </summary>
internal sealed class AnswerRing
{
    /// <summary>Twice the unanswered commands of a session: a client that confirms at all never misses one.</summary>
    public const int Most = 2 * ProtocolLimits.Unanswered;

    private const int Small = 4;
    private Answer[] _slots = [];
    private int _head;

    /// <summary>The sequence before the oldest kept answer.</summary>
    public ulong Base { get; private set; }

    public int Count { get; private set; }

    /// <summary>The sequence of the newest answer.</summary>
    public ulong Newest => Base + (ulong)Count;

    /// <summary>Forgets all; the next answer is that to the sequence after this one.</summary>
    public void Restart(ulong newest)
    {
        (_slots, _head, Count, Base) = ([], 0, 0, newest);
    }

    /// <summary>Keeps the answer to the sequence after the newest.</summary>
    public void Add(in Answer answer)
    {
        if (Count == Most)
        {
            Drop(1);
        }
        else if (Count == _slots.Length)
        {
            Grow();
        }

        _slots[(_head + Count) & (_slots.Length - 1)] = answer;
        Count++;
    }

    /// <summary>The client has all answers up to this one.</summary>
    public void Confirm(ulong sequence)
    {
        if (sequence > Base && Count > 0)
        {
            Drop((int)Math.Min(sequence - Base, (ulong)Count));
        }

        if (Count == 0 && _slots.Length > Small)
        {
            (_slots, _head) = ([], 0);
        }
    }

    /// <summary>Kept answers from a sequence on, as many as lie side by side; none when that one is not kept.</summary>
    public ReadOnlySpan<Answer> From(ulong sequence)
    {
        if (sequence <= Base || sequence > Newest)
        {
            return default;
        }

        var skip = (int)(sequence - Base - 1);
        var start = (_head + skip) & (_slots.Length - 1);
        return _slots.AsSpan(start, Math.Min(Count - skip, _slots.Length - start));
    }

    private void Drop(int count)
    {
        Base += (ulong)count;
        Count -= count;
        while (count-- > 0)
        {
            // A look's lists are worth giving back at once.
            _slots[_head] = default;
            _head = (_head + 1) & (_slots.Length - 1);
        }
    }

    private void Grow()
    {
        var larger = new Answer[_slots.Length == 0 ? Small : _slots.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _slots[(_head + i) & (_slots.Length - 1)];
        }

        (_slots, _head) = (larger, 0);
    }
}
