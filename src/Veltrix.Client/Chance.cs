namespace Veltrix.Client;

/// <summary>Chance from a seed: SplitMix64, as in Veltrix.World, which the client does not carry along for it.</summary>
internal struct Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double Fraction()
    {
        var value = _state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return ((value ^ (value >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number from 0 up to, but not including, that one.</summary>
    public int Below(int end) => (int)(Fraction() * end);

    /// <summary>Brings them into any order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
