namespace Veltrix.Client;

/// <summary>The waits between attempts to connect: doubling, with chance from a seed, so that many clients do not come at once.</summary>
internal struct Backoff(VeltrixClientOptions options, ulong seed)
{
    // The first attempt after a loss is spread over this: a gateway that takes over 3,000 sockets gets 30 a millisecond at most.
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(100);
    private ulong _state = seed;
    private int _failures = -1;

    /// <summary>Whether no wait has been asked for since the last reset.</summary>
    public readonly bool IsFresh => _failures < 0;

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        _failures++;
        if (_failures == 0)
        {
            return Spread * Fraction();
        }

        var doubled = options.FirstWait * Math.Pow(2, Math.Min(_failures - 1, 30));
        var most = doubled < options.LongestWait ? doubled : options.LongestWait;
        return most * (0.5 + (Fraction() / 2));
    }

    /// <summary>The last connection was of use: the next loss is a first one again.</summary>
    public void Reset() => _failures = -1;

    // SplitMix64, as in Veltrix.World, which the client does not carry along for one number.
    private double Fraction()
    {
        var value = _state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return ((value ^ (value >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
