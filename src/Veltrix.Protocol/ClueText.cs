using System.Buffers;
using System.Text;

namespace Veltrix.Protocol;

/// <summary>
/// The rule of a clue's text: 1 to 140 Unicode scalar values, at least one of which is not white space, and none of which is a control
/// character (U+0000-U+001F, U+007F-U+009F), a line or paragraph separator (U+2028, U+2029) or a bidirectional override, embedding or isolate
/// (U+202A-U+202E, U+2066-U+2069): those let one player's text rearrange what stands around it on another's screen.
/// </summary>
public static class ClueText
{
    /// <summary>The text when it keeps the rule and is valid UTF-8, else null. Allocates nothing for a text that does not.</summary>
    public static string? Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > ProtocolLimits.TextBytes)
        {
            return null;
        }

        var rest = utf8;
        var characters = 0;
        var visible = false;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) != OperationStatus.Done || !Allows(rune) || ++characters > ProtocolLimits.TextCharacters)
            {
                return null;
            }

            visible |= !Rune.IsWhiteSpace(rune);
            rest = rest[used..];
        }

        return visible ? Encoding.UTF8.GetString(utf8) : null;
    }

    /// <summary>Whether the text keeps the rule.</summary>
    public static bool IsAcceptable(ReadOnlySpan<char> text)
    {
        var characters = 0;
        var visible = false;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != OperationStatus.Done || !Allows(rune) || ++characters > ProtocolLimits.TextCharacters)
            {
                return false;
            }

            visible |= !Rune.IsWhiteSpace(rune);
            text = text[used..];
        }

        return visible;
    }

    private static bool Allows(Rune rune) =>
        !Rune.IsControl(rune) && rune.Value is not (0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069));
}
