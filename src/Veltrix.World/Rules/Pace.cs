namespace Veltrix.World.Rules;

/// <summary>
/// A player's speed limit as a token bucket: it fills with time up to what <see cref="HuntRules.PaceSeconds"/> of walking cost, and a walk
/// takes its cost out of it. A fresh one is full. Immutable: a walk gives the next.
/// </summary>
/// <param name="Spent">what is missing from a full bucket, in hundredths of a plain step</param>
/// <param name="At">when that was so, in milliseconds of any steady clock</param>
public readonly record struct Pace(double Spent, long At)
{
    /// <summary>Takes a walk's cost, or says how long to wait for it.</summary>
    /// <param name="rules">the hunt's rules</param>
    /// <param name="cost">the walk's cost, in hundredths of a plain step</param>
    /// <param name="now">the time, in milliseconds of the same clock; an earlier time than before counts as no time</param>
    /// <param name="next">the pace after the walk; unchanged when it has to wait</param>
    /// <returns>0 when the walk may be done, else the milliseconds until it may</returns>
    public int TryWalk(HuntRules rules, int cost, long now, out Pace next) => throw new NotSupportedException();
}
