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

    /// <summary>Whether a call was turned away before anything was done, for lack of room, and so is known to have changed nothing.</summary>
    public static bool IsRefusal(Exception fault) => fault is LimitExceededException or GatewayTooBusyException;

    /// <param name="call">the call</param>
    /// <param name="budget">from the first call on, how long it is made again</param>
    /// <param name="clock">measures the budget and the waits</param>
    /// <param name="goOn">hears of each failure, and says whether to call again</param>
    /// <param name="stop">nobody waits for the answer any more</param>
    /// <exception cref="Exception">The last call's failure, when the time was up or nobody wanted to go on.</exception>
    public static async Task<T> CallAsync<T>(Func<ValueTask<T>> call, TimeSpan budget, TimeProvider clock, Func<Exception, bool> goOn, CancellationToken stop = default)
    {
        var began = clock.GetTimestamp();
        for (var delay = FirstDelay; ; delay = After(delay))
        {
            try
            {
                return await call();
            }
            catch (Exception fault) when (goOn(fault) && clock.GetElapsedTime(began) <= budget)
            {
                // Once more, with what it carried.
            }

            await Task.Delay(delay, clock, stop);
        }
    }
}
