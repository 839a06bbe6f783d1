using System.Buffers;

namespace Veltrix.Protocol;

/// <summary>The rule of a player's name: 1 to 32 of A-Z a-z 0-9 . _ and -. Names that differ only in case are different names.</summary>
public static class PlayerName
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsAcceptable(ReadOnlySpan<char> name) =>
        name.Length is >= 1 and <= ProtocolLimits.NameCharacters && !name.ContainsAnyExcept(Allowed);
}
