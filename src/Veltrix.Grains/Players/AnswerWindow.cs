namespace Veltrix.Grains.Players;

/// <summary>
/// The answers that a client has not confirmed, by sequence, without holes: at most the last <see cref="Capacity"/>. An idle player's window
/// holds nothing and costs 32 bytes.
/// </summary>
internal sealed class AnswerWindow
{
    public const int Capacity = 1024;

    // A window that once grew gives its room back when it is empty, unless it is this small.
    private const int SmallRoom = 8;

    private CommandAnswer[] _ring = [];
    private int _head;

    /// <summary>How many answers are kept.</summary>
    public int Count { get; private set; }

    /// <summary>The sequence of the last answer; with none kept, of the last that was given.</summary>
    public ulong Last { get; private set; }

    /// <summary>The sequence of the first kept answer; one above <see cref="Last"/> when none is kept.</summary>
    public ulong First => Last - (ulong)Count + 1;

    /// <summary>The kept answer at a place counted from the oldest.</summary>
    public ref readonly CommandAnswer this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    /// <summary>Starts anew after a sequence: nothing is kept of what was before.</summary>
    public void Reset(ulong last)
    {
        Last = last;
        (_ring, _head, Count) = ([], 0, 0);
    }

    /// <summary>Adds the next answer. When the window is full, the oldest goes.</summary>
    public void Add(in CommandAnswer answer)
    {
        if (Count == Capacity)
        {
            Drop(1);
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = answer;
        Count++;
        Last++;
    }

    /// <summary>Forgets the answers up to a sequence: the client has them.</summary>
    public void Confirm(ulong upTo)
    {
        if (upTo >= First)
        {
            Drop((int)Math.Min((ulong)Count, upTo - First + 1));
        }
    }

    /// <summary>Whether the answer to a command is kept.</summary>
    public bool Has(ulong sequence) => sequence >= First && sequence <= Last && Count > 0;

    /// <summary>The kept answer to a command.</summary>
    public ref readonly CommandAnswer Of(ulong sequence)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(Has(sequence), false, nameof(sequence));
        return ref this[(int)(sequence - First)];
    }

    /// <summary>The kept answers after a sequence, in order.</summary>
    public ImmutableArray<CommandAnswer> After(ulong sequence)
    {
        var skip = sequence < First ? 0 : (int)Math.Min((ulong)Count, sequence - First + 1);
        var answers = ImmutableArray.CreateBuilder<CommandAnswer>(Count - skip);
        for (var i = skip; i < Count; i++)
        {
            answers.Add(this[i]);
        }

        return answers.MoveToImmutable();
    }

    private void Drop(int count)
    {
        for (var i = 0; i < count; i++)
        {
            // An answer may hold a look's lists: they are to be collected now, not when the slot is used again.
            _ring[(_head + i) & (_ring.Length - 1)] = default;
        }

        _head = (_head + count) & Math.Max(0, _ring.Length - 1);
        Count -= count;
        if (Count == 0)
        {
            _head = 0;
            _ring = _ring.Length > SmallRoom ? [] : _ring;
        }
    }

    private void Grow()
    {
        var larger = new CommandAnswer[Math.Max(2, 2 * _ring.Length)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_ring, _head) = (larger, 0);
    }
}
