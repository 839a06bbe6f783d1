using System.Globalization;

namespace Veltrix.World.Maps;

/// <summary>
/// The name of a map that is made, not read: <c>generated:WIDTHxHEIGHT@SEED</c>, such as <c>generated:1024x1024@7</c>. Sides are
/// <see cref="IslandGenerator.LeastSide"/> to <see cref="IslandGenerator.MostSide"/> tiles, the seed is a whole number from 0 to 2^64 - 1.
/// </summary>
/// <param name="Width">columns</param>
/// <param name="Height">rows</param>
/// <param name="Seed">what the island's shape follows from</param>
public readonly record struct GeneratedMapName(int Width, int Height, ulong Seed)
{
    private const string Prefix = "generated:";

    /// <summary>Whether a text names a map to make, rightly or not; any other text is a file's path.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a name.</summary>
    /// <param name="text">what somebody wrote</param>
    /// <param name="name">what it says</param>
    /// <param name="problem">what is wrong with it, in a sentence for people; null when nothing is</param>
    /// <returns>whether it is such a name</returns>
    public static bool TryParse(string text, out GeneratedMapName name, out string? problem)
    {
        name = default;
        var rest = IsMeant(text) ? text.AsSpan(Prefix.Length) : [];
        var at = rest.IndexOf('@');
        var by = rest.IndexOfAny('x', 'X');
        if (by < 0 || at < by)
        {
            problem = $"'{text}' is no generated map: write generated:WIDTHxHEIGHT@SEED, such as generated:1024x1024@7.";
            return false;
        }

        if (!TrySide(rest[..by], out var width) || !TrySide(rest[(by + 1)..at], out var height))
        {
            problem = $"'{text}' has a side that cannot be made: give {IslandGenerator.LeastSide} to {IslandGenerator.MostSide} tiles.";
            return false;
        }

        if (!ulong.TryParse(rest[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            problem = $"'{text}' has no seed after the @: give a whole number from 0 to {ulong.MaxValue}.";
            return false;
        }

        name = new GeneratedMapName(width, height, seed);
        problem = null;
        return true;
    }

    /// <summary>Makes the map.</summary>
    public TileMap Generate() => IslandGenerator.Generate(Width, Height, Seed);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Width}x{Height}@{Seed}");

    private static bool TrySide(ReadOnlySpan<char> text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side)
        && side is >= IslandGenerator.LeastSide and <= IslandGenerator.MostSide;
}
