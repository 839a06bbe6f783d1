namespace Veltrix.Hosting.Threads;

/// <summary>
/// A few threads beside the thread pool for work that blocks or keeps a processor: reads of a file, packing, drawing, parsing. The pool has one thread a
/// processor and is slow to add another, so such work on it stops grains and sockets.
///
/// At most so many run at once as are allowed; who comes later waits in order, at the cost of one small object. Threads start when they are needed and
/// stay for some seconds: a thread for each read would cost ten times what the read does.
///
/// The work runs outside of any task scheduler and of the caller's execution context, so nothing in it starts on a grain by accident. Who awaits it goes on
/// where they were, never on these threads.
/// </summary>
/// <param name="name">what the threads are called in a debugger</param>
/// <param name="most">how many run at once</param>
public sealed class OwnThreads(string name, int most) : IDisposable
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Job> _waiting = new();
    private int _threads;
    private int _idle;
    private bool _stopping;

    /// <summary>Runs work on one of the threads, and gives its result or throws what it threw.</summary>
    /// <param name="work">what to do; it must not wait for other work of the same threads</param>
    /// <param name="cancellationToken">takes the work back as long as it waits; what has begun goes to its end</param>
    /// <exception cref="ObjectDisposedException">The threads have ended: the work was not begun.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var job = new Job<T>(work, cancellationToken);
        lock (_gate)
        {
            if (_stopping)
            {
                job.Refuse(name);
                return job.Done;
            }

            if (_idle <= _waiting.Count && _threads < most)
            {
                new Thread(Work) { IsBackground = true, Name = name }.UnsafeStart();
                _threads++;
            }

            _waiting.Enqueue(job);
            Monitor.Pulse(_gate);
        }

        return job.Done;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(
            () =>
            {
                work();
                return true;
            },
            cancellationToken);
    }

    /// <summary>Refuses what waits, and returns when what runs has come to its end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            while (_waiting.TryDequeue(out var job))
            {
                job.Refuse(name);
            }

            Monitor.PulseAll(_gate);
            while (_threads > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Work()
    {
        while (Take() is { } job)
        {
            job.Run();
        }
    }

    private Job? Take()
    {
        lock (_gate)
        {
            var called = true;
            while (_waiting.Count == 0)
            {
                if (_stopping || !called)
                {
                    _threads--;
                    Monitor.PulseAll(_gate);
                    return null;
                }

                _idle++;
                called = Monitor.Wait(_gate, Stay);
                _idle--;
            }

            return _waiting.Dequeue();
        }
    }

    private abstract class Job
    {
        public abstract void Run();

        public abstract void Refuse(string threads);
    }

    private sealed class Job<T> : Job
    {
        // Who awaits goes on elsewhere: these threads are few.
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Func<T> _work;
        private readonly CancellationTokenRegistration _cancellation;
        private int _begun;

        public Job(Func<T> work, CancellationToken cancellationToken)
        {
            _work = work;
            _cancellation = cancellationToken.UnsafeRegister(static (job, token) => ((Job<T>)job!).Cancel(token), this);
        }

        public Task<T> Done => _done.Task;

        public override void Run()
        {
            if (!TryBegin())
            {
                return;
            }

            try
            {
                _done.SetResult(_work());
            }
            catch (Exception problem)
            {
                _done.SetException(problem);
            }
        }

        public override void Refuse(string threads)
        {
            if (TryBegin())
            {
                _done.SetException(new ObjectDisposedException(threads, $"The threads for {threads} have ended; the work was not begun."));
            }
        }

        private void Cancel(CancellationToken token)
        {
            if (TryBegin())
            {
                _done.SetCanceled(token);
            }
        }

        // Whoever is first, the thread or the token, decides what becomes of the work.
        private bool TryBegin()
        {
            _cancellation.Unregister();
            return Interlocked.Exchange(ref _begun, 1) == 0;
        }
    }
}
