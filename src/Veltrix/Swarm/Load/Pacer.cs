namespace Veltrix.Commands.Swarm.Load;

/// <summary>What the pacer drives.</summary>
internal interface IFrameSender
{
    /// <summary>Sends a player's next frame. Never waits: what a socket does not take at once is sent later, by another thread.</summary>
    /// <param name="player">whose frame</param>
    /// <param name="due">when it was due, on the swarm's clock</param>
    /// <param name="now">when it is sent, on the swarm's clock</param>
    void Send(int player, long due, long now);
}

/// <summary>Sends every frame of a schedule when it is due, on a thread of its own. Answers play no part in it.</summary>
internal sealed class Pacer(Schedule schedule, ISwarmClock clock, IFrameSender sender)
{
    // A thread that is behind with its frames must still come to the answers, or it would fall back for ever.
    private const int MostInARow = 16;

    /// <summary>Sends all that is due from <paramref name="start"/> up to <paramref name="end"/>; blocks until then.</summary>
    /// <returns>when it ended: <paramref name="end"/>, or earlier when it was stopped</returns>
    public long Run(long start, long end, CancellationToken stop)
    {
        var inARow = 0;
        while (start + schedule.Due < end)
        {
            var due = start + schedule.Due;
            var now = clock.Now;
            if (stop.IsCancellationRequested)
            {
                return now;
            }

            if (now < due)
            {
                clock.WaitUntil(due);
                inARow = 0;
                continue;
            }

            if (++inARow > MostInARow)
            {
                clock.Turn();
                inARow = 1;
            }

            sender.Send(schedule.Player, due, now);
            schedule.Advance();
        }

        // The last frames have the same time to be answered as the others before the window is closed.
        while (clock.Now < end && !stop.IsCancellationRequested)
        {
            clock.WaitUntil(end);
        }

        return Math.Min(clock.Now, end);
    }

    /// <summary>Runs on a thread of its own.</summary>
    public Task<long> Start(long start, long end, CancellationToken stop)
    {
        var ended = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                ended.SetResult(Run(start, end, stop));
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "pacer",
            Priority = ThreadPriority.AboveNormal,
        };
        thread.Start();
        return ended.Task;
    }
}
