namespace Veltrix.Gateway.Sessions;

/// <summary>A rate with a burst: it fills with time, and what is done takes out of it. A fresh one is full. For one thread at a time.</summary>
/// <param name="perSecond">how much flows in</param>
/// <param name="burst">how much it holds</param>
/// <param name="now">the clock's timestamp</param>
/// <param name="frequency">the clock's timestamps a second</param>
internal struct RateBucket(double perSecond, double burst, long now, long frequency)
{
    private readonly double _burst = burst;
    private double _level = burst;
    private long _at = now;

    /// <summary>Takes as many of those wanted as there are.</summary>
    public int Take(int wanted, long now)
    {
        Fill(now);
        var taken = Math.Min(wanted, (int)_level);
        _level -= taken;
        return taken;
    }

    /// <summary>Whether there are so many, without taking them.</summary>
    public bool Has(int wanted, long now)
    {
        Fill(now);
        return _level >= wanted;
    }

    /// <summary>Milliseconds until there are so many, at least 50.</summary>
    public readonly int MillisecondsUntil(int wanted) => Math.Max(50, (int)Math.Ceiling((wanted - _level) / perSecond * 1000));

    private void Fill(long now)
    {
        if (now > _at)
        {
            _level = Math.Min(_burst, _level + ((now - _at) * perSecond / frequency));
            _at = now;
        }
    }
}
