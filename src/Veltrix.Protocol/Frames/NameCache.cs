using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>
/// Gives the same string for the same name, most of the time: a client that looks around reads the same few names over and over. A table of
/// fixed size in which a newer name takes an older one's place; may be shared by threads, since a lost write only costs another string.
/// </summary>
public sealed class NameCache
{
    private const int Slots = 16_384;
    private readonly string?[] _names = new string?[Slots];

    /// <summary>The string of a name in UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        // FNV-1a: short keys, and nobody gains from a collision.
        var hash = 0x811C9DC5u;
        foreach (var unit in utf8)
        {
            hash = (hash ^ unit) * 0x01000193u;
        }

        ref var slot = ref _names[(hash ^ (hash >> 16)) % Slots];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(utf8, known))
        {
            return known;
        }

        var name = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, name);
        return name;
    }
}
