namespace Veltrix.Hosting.Tests.Postgres;

/// <summary>A clock on which time passes when a test says so, and that tells when somebody begins to wait.</summary>
internal sealed class PausingClock : TimeProvider
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<Pause> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var pause = new Pause(() => callback(state), dueTime);
        lock (_gate)
        {
            _begun.TrySetResult(pause);
        }

        return pause;
    }

    /// <summary>Waits until a pause begins, and lets it pass at once.</summary>
    /// <returns>how long it would have been; zero when <paramref name="work"/> ended instead</returns>
    public async Task<TimeSpan> PassAsync(Task work)
    {
        Task<Pause> begun;
        lock (_gate)
        {
            begun = _begun.Task;
        }

        if (await Task.WhenAny(begun, work) != begun)
        {
            return TimeSpan.Zero;
        }

        var pause = await begun;
        lock (_gate)
        {
            _begun = new TaskCompletionSource<Pause>(TaskCreationOptions.RunContinuationsAsynchronously);
            _now += pause.Length;
        }

        pause.Pass();
        return pause.Length;
    }

    private sealed class Pause(Action pass, TimeSpan length) : ITimer
    {
        public TimeSpan Length => length;

        public void Pass() => pass();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
