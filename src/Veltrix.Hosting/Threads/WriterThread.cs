namespace Veltrix.Hosting.Threads;

/// <summary>
/// One thread that writes in batches for as long as its owner lives: it takes all that waits, writes it, and takes what came meanwhile, so everybody who
/// waits shares one write to the disk. Two batches take turns: one is filled while the other is written.
/// </summary>
/// <typeparam name="TBatch">what is gathered</typeparam>
public sealed class WriterThread<TBatch> : IDisposable
    where TBatch : class, IWriterBatch
{
    private readonly object _gate = new();
    private readonly string _name;
    private readonly Action<TBatch> _write;
    private readonly Thread _thread;
    private TBatch _waiting;
    private TBatch _taken;
    private bool _stopping;

    /// <param name="name">the thread's name</param>
    /// <param name="one">an empty batch</param>
    /// <param name="other">another</param>
    /// <param name="write">writes a batch and answers those who wait for it, on the thread; it throws nothing</param>
    public WriterThread(string name, TBatch one, TBatch other, Action<TBatch> write)
    {
        (_name, _waiting, _taken, _write) = (name, one, other, write);
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.UnsafeStart();
    }

    /// <summary>Adds to the batch that waits, which is written soon. One caller at a time.</summary>
    /// <exception cref="ObjectDisposedException">The writer has ended: nothing was added.</exception>
    public TAnswer Add<TItem, TAnswer>(TItem item, Func<TBatch, TItem, TAnswer> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        lock (_gate)
        {
            if (_stopping)
            {
                throw new ObjectDisposedException(_name, $"The {_name} has ended; nothing more is written.");
            }

            var answer = add(_waiting, item);
            Monitor.Pulse(_gate);
            return answer;
        }
    }

    /// <summary>
    /// Looks at the batch that waits and at the one that is being written, which is empty when none is. What was added is in one of the two until it is
    /// written or has failed.
    /// </summary>
    public TAnswer Look<TItem, TAnswer>(TItem item, Func<TBatch, TBatch, TItem, TAnswer> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        lock (_gate)
        {
            return look(_waiting, _taken, item);
        }
    }

    /// <summary>Returns when all that was added is written or has failed: those who added it wait for it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Work()
    {
        while (Take() is { } batch)
        {
            _write(batch);
        }
    }

    private TBatch? Take()
    {
        lock (_gate)
        {
            _taken.Clear();
            while (_waiting.IsEmpty)
            {
                if (_stopping)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            (_taken, _waiting) = (_waiting, _taken);
            return _taken;
        }
    }
}

/// <summary>What a <see cref="WriterThread{TBatch}"/> gathers. Both members are called with the writer's gate held.</summary>
public interface IWriterBatch
{
    bool IsEmpty { get; }

    /// <summary>All of it is written or has failed: it is about to be filled again.</summary>
    void Clear();
}
