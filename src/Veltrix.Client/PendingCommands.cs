using Veltrix.Protocol;

namespace Veltrix.Client;

/// <summary>Waits for the answer to one command, or to the commands of one frame.</summary>
internal interface IAnswerWaiter
{
    void Answered(ulong sequence, in Answer answer);

    void Failed(Exception reason);
}

/// <summary>A command without an answer. It is kept until the answer is there, since it may have to be sent again.</summary>
internal record struct PendingCommand(Command Command, IAnswerWaiter? Waiter, bool EndsFrame);

/// <summary>
/// The commands without an answer, oldest first: a ring that starts small, since most sessions of a swarm never have more than a few under way, and doubles up
/// to the limit. For one thread at a time.
/// </summary>
internal sealed class PendingCommands(ulong first)
{
    private PendingCommand[] _ring = new PendingCommand[4];
    private int _head;

    /// <summary>The sequence of the oldest; of the next to come when there is none.</summary>
    public ulong First { get; private set; } = first;

    public int Count { get; private set; }

    /// <summary>The sequence that the next command gets.</summary>
    public ulong Next => First + (ulong)Count;

    public ref readonly PendingCommand this[ulong sequence] => ref _ring[(_head + (int)(sequence - First)) & (_ring.Length - 1)];

    public void Add(in PendingCommand command)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = command;
        Count++;
    }

    public PendingCommand RemoveFirst()
    {
        ref var slot = ref _ring[_head];
        var command = slot;
        slot = default;
        _head = (_head + 1) & (_ring.Length - 1);
        First++;
        Count--;
        return command;
    }

    private void Grow()
    {
        var larger = new PendingCommand[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }
}

/// <summary>A task for the answer to one command.</summary>
internal sealed class SingleWaiter() : TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously), IAnswerWaiter
{
    public void Answered(ulong sequence, in Answer answer) => TrySetResult(answer);

    public void Failed(Exception reason) => TrySetException(reason);
}

/// <summary>A task for the answers to the commands of one frame.</summary>
internal sealed class FrameWaiter(int count) : TaskCompletionSource<Answer[]>(TaskCreationOptions.RunContinuationsAsynchronously), IAnswerWaiter
{
    private readonly Answer[] _answers = new Answer[count];
    private int _done;

    public void Answered(ulong sequence, in Answer answer)
    {
        _answers[_done++] = answer;
        if (_done == _answers.Length)
        {
            TrySetResult(_answers);
        }
    }

    public void Failed(Exception reason) => TrySetException(reason);
}
