namespace Veltrix.Client;

/// <summary>The waits between attempts to connect: doubling, with some chance in them, so that many clients do not come at once.</summary>
internal struct Backoff(VeltrixClientOptions options)
{
    // The first attempt after a loss is spread over this: a gateway that takes over 3,000 sockets gets 30 a millisecond at most.
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(100);
    private int _failures = -1;

    /// <summary>Whether no wait has been asked for since the last reset.</summary>
    public readonly bool IsFresh => _failures < 0;

    /// <summary>How long to wait before the next attempt.</summary>
    /// <param name="chance">where the chance comes from</param>
    public TimeSpan Next(ref Chance chance)
    {
        _failures++;
        if (_failures == 0)
        {
            return Spread * chance.Fraction();
        }

        var doubled = options.FirstWait * Math.Pow(2, Math.Min(_failures - 1, 30));
        var most = doubled < options.LongestWait ? doubled : options.LongestWait;
        return most * (0.5 + (chance.Fraction() / 2));
    }

    /// <summary>The last connection was of use: the next loss is a first one again.</summary>
    public void Reset() => _failures = -1;
}
