using System.Collections.Immutable;

namespace Veltrix.Commands.Chaos.Plan;

/// <summary>What --what asks for, in words: a list such as <c>kill,term,freeze</c>.</summary>
internal static class What
{
    private static readonly ImmutableArray<(string Word, DeedKind[] Kinds)> Words =
    [
        ("kill", [DeedKind.Kill]),
        ("term", [DeedKind.Terminate]),
        ("freeze", [DeedKind.Freeze]),
        ("cut", [DeedKind.Cut, DeedKind.Part]),
        ("database", [DeedKind.Database]),
    ];

    public static string All { get; } = string.Join(',', Words.Select(word => word.Word));

    /// <summary>Reads a list.</summary>
    /// <returns>null, or a sentence that says what does not fit and what would</returns>
    public static string? Problem(string text, out ImmutableSortedSet<DeedKind> kinds)
    {
        var found = ImmutableSortedSet.CreateBuilder<DeedKind>();
        kinds = [];
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var index = Words.IndexOf(Words.FirstOrDefault(known => known.Word == word));
            if (index < 0)
            {
                return $"--what has '{word}': give a list of {All}.";
            }

            found.UnionWith(Words[index].Kinds);
        }

        kinds = found.ToImmutable();
        return null;
    }
}
