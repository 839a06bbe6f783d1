using System.Globalization;
using Veltrix.World;
using StableHash = Veltrix.World.StableHash;

namespace Veltrix.Commands.Swarm.Bots;

/// <summary>
/// The texts that bots drop. A text is a function of the seed, the author and the author's count of clues, and ends with that count: whoever
/// reads one can tell whether it is what its author wrote.
/// </summary>
internal static class ClueTexts
{
    private static readonly string[] Where =
    [
        "under the old oak", "beside the broken mast", "where the river bends", "behind the mill", "north of the well", "among the reeds",
        "below the grey cliff", "at the end of the wall", "near the burnt barn", "between two stones", "past the ford", "où le sable est noir",
    ];

    private static readonly string[] What =
    [
        "dig deep", "I found nothing", "someone was here", "look twice", "the map lies", "turn back", "count your steps", "follow the birds",
        "keep it secret", "three paces on", "it glitters", "früh am Morgen",
    ];

    public static string For(ulong seed, int bot, uint count)
    {
        var random = new SeededRandom(StableHash.Combine(seed, StableHash.Combine((ulong)bot, count)));
        return string.Create(CultureInfo.InvariantCulture, $"{What[random.Next(What.Length)]} {Where[random.Next(Where.Length)]} #{count}");
    }

    /// <summary>The count at the end of a text; false when it has none.</summary>
    public static bool TryCount(string text, out uint count)
    {
        count = 0;
        var sign = text.LastIndexOf('#');
        return sign >= 0 && uint.TryParse(text.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}
