using System.Runtime.CompilerServices;
using System.Text;

namespace Veltrix.World;

/// <summary>
/// Hashes that are the same in every process, on every machine and in every version: they decide shards, spawns and placements.
/// Strings are hashed with 64-bit FNV-1a over their UTF-8 bytes; numbers are mixed with the finalizer of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). None of them resists an attacker.
/// </summary>
public static class StableHash
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong Combine(ulong first, ulong second) => Mix(first + 0x9E3779B97F4A7C15 + Mix(second));

    public static ulong Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> utf8 = text.Length <= 128 ? stackalloc byte[512] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        var hash = 0xCBF29CE484222325UL;
        foreach (var unit in utf8[..length])
        {
            hash = (hash ^ unit) * 0x100000001B3;
        }

        return Mix(hash);
    }
}
