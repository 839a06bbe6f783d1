using System.Diagnostics;

namespace Veltrix.Contracts;

/// <summary>
/// What a request bears inside of the process that made it and loses on the way to another, because the serializer leaves it out: so a grain knows, at no cost on the
/// wire, whether its caller is on the same silo, and of one call in sixteen since when it waits. A mark is no part of what a request says: all marks are equal.
/// </summary>
public readonly struct CallMark : IEquatable<CallMark>
{
    // 0: made elsewhere. 1: made here. Above: made here at this time stamp, on a clock that only this process has.
    private readonly long _sent;

    private CallMark(long sent) => _sent = sent;

    /// <summary>Whether the request was made in this process.</summary>
    public bool IsLocal => _sent != 0;

    /// <summary>A mark for a request that is sent now.</summary>
    /// <param name="sequence">the command's sequence, which decides whether the call is timed</param>
    public static CallMark For(ulong sequence) => new(TurnMetrics.IsSampled(sequence) ? Math.Max(2, Stopwatch.GetTimestamp()) : 1);

    /// <summary>How long the request has been on its way; null where nobody knows.</summary>
    public TimeSpan? Waited() => _sent > 1 ? Stopwatch.GetElapsedTime(_sent) : null;

    public bool Equals(CallMark other) => true;

    public override bool Equals(object? obj) => obj is CallMark;

    public override int GetHashCode() => 0;

    public static bool operator ==(CallMark left, CallMark right) => left.Equals(right);

    public static bool operator !=(CallMark left, CallMark right) => !left.Equals(right);
}
