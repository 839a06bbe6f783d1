namespace Veltrix.World;

/// <summary>
/// SplitMix64: chance that is the same on every machine for the same seed. A struct: pass it by <c>ref</c>, since a copy repeats the sequence.
/// </summary>
public struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64() => StableHash.Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A whole number from 0 up to, not including, <paramref name="bound"/>, each as likely (Lemire's multiply-shift).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)(((NextUInt64() >> 32) * (ulong)bound) >> 32);
    }

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Next(checked(high - low + 1));

    /// <summary>A number from 0 up to, not including, 1, in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));
}
