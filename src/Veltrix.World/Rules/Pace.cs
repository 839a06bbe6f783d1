namespace Veltrix.World.Rules;

/// <summary>
/// A player's speed limit as a token bucket: it fills with time up to what <see cref="HuntRules.PaceSeconds"/> of walking cost, and a walk
/// takes its cost out of it. A fresh one is full. Immutable: a walk gives the next.
/// <para>
/// A walk that costs more than the whole bucket is done when the bucket is full, and leaves a debt that time must fill first. Otherwise
/// dear ground could hold a slow player for ever; over long stretches nobody is faster for it.
/// </para>
/// </summary>
/// <param name="Spent">what is missing from a full bucket, in hundredths of a plain step</param>
/// <param name="At">when that was so, in milliseconds of any steady clock</param>
public readonly record struct Pace(double Spent, long At)
{
    // A player who waits as long as they were told must not hear that a rounding error is still missing.
    private const double Tolerance = 1e-6;

    /// <summary>Takes a walk's cost, or says how long to wait for it.</summary>
    /// <param name="rules">the hunt's rules</param>
    /// <param name="cost">the walk's cost, in hundredths of a plain step</param>
    /// <param name="now">the time, in milliseconds of the same clock; an earlier time than before counts as no time</param>
    /// <param name="next">the pace after the walk; unchanged when it has to wait</param>
    /// <returns>0 when the walk may be done, else the milliseconds until it may</returns>
    public int TryWalk(HuntRules rules, int cost, long now, out Pace next)
    {
        var perMillisecond = rules.StepsPerSecond * Movement.PlainStep / 1000;
        var bucket = rules.PaceSeconds * 1000 * perMillisecond;
        var spent = Math.Max(0, Spent - (Math.Max(0, now - At) * perMillisecond));
        var missing = spent - Math.Max(0, bucket - cost);
        if (cost > 0 && missing > Tolerance)
        {
            next = this;
            return Math.Max(1, (int)Math.Ceiling((missing - Tolerance) / perMillisecond));
        }

        next = new Pace(spent + cost, Math.Max(now, At));
        return 0;
    }
}
