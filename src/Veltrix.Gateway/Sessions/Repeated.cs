namespace Veltrix.Gateway.Sessions;

/// <summary>Calls of grains that may be made again, with what they carried: while the cluster does not answer, with growing waits, for a limited time.</summary>
internal static class Repeated
{
    /// <summary>How long to wait after the first failure.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);

    // What was away is tried again this often: a player waits for at most so much longer than it was away, and ten thousand players make 20,000 tries a second.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait the next time.</summary>
    public static TimeSpan After(TimeSpan delay) => delay * 2 < LongestDelay ? delay * 2 : LongestDelay;

    /// <param name="call">the call</param>
    /// <param name="budget">from the first call on, how long it is made again</param>
    /// <param name="clock">measures the budget and the waits</param>
    /// <param name="failed">hears of each failure</param>
    /// <param name="stop">nobody waits for the answer any more</param>
    /// <exception cref="Exception">The last call's failure, when the time was up.</exception>
    public static async Task<T> CallAsync<T>(Func<ValueTask<T>> call, TimeSpan budget, TimeProvider clock, Action<Exception> failed, CancellationToken stop = default)
    {
        var began = clock.GetTimestamp();
        for (var delay = FirstDelay; ; delay = After(delay))
        {
            try
            {
                return await call();
            }
            catch (Exception fault)
            {
                failed(fault);
                if (clock.GetElapsedTime(began) > budget)
                {
                    throw;
                }
            }

            await Task.Delay(delay, clock, stop);
        }
    }
}
