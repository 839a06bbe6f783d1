namespace Veltrix.World.Maps;

/// <summary>Names as words: "BlockingWalls_2", "blocking-walls 2" and "blocking.walls.2" are all "blocking", "walls", "2".</summary>
internal static class MapWords
{
    // A name is a name: what an author writes after the first characters of a text says nothing about its kind.
    private const int Longest = 200;

    public static IReadOnlyList<string> Of(string name)
    {
        var words = new List<string>();
        var text = name.AsSpan(0, Math.Min(name.Length, Longest));
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            var turns = inside && start >= 0
                && ((char.IsUpper(text[i]) && char.IsLower(text[i - 1])) || char.IsDigit(text[i]) != char.IsDigit(text[i - 1]));
            if (start >= 0 && (!inside || turns))
            {
                words.Add(text[start..i].ToString().ToLowerInvariant());
                start = -1;
            }

            if (inside && start < 0)
            {
                start = i;
            }
        }

        return words;
    }

    public static string Singular(string word) =>
        word.Length > 4 && word.EndsWith("hes", StringComparison.Ordinal) ? word[..^2]
        : word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1]
        : word;
}
