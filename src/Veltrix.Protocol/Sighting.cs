namespace Veltrix.Protocol;

/// <summary>Another player in sight.</summary>
public readonly record struct SeenPlayer(string Name, ushort X, ushort Y);

/// <summary>A clue in sight. Author and text are empty once they have been erased.</summary>
public readonly record struct SeenClue(ushort X, ushort Y, string Author, string Text);

/// <summary>A dug hole in sight.</summary>
public readonly record struct SeenMark(ushort X, ushort Y);

/// <summary>
/// What a look saw: how many there are, and the nearest of them, nearest first. The lists hold at most
/// <see cref="ProtocolLimits.PlayersListed"/>, <see cref="ProtocolLimits.CluesListed"/> and <see cref="ProtocolLimits.MarksListed"/>; a writer cuts longer
/// ones. Totals above 65,535 are written as 65,535.
/// </summary>
public sealed class Sighting
{
    /// <summary>Nobody and nothing.</summary>
    public static Sighting Nothing { get; } = new();

    public int PlayersTotal { get; init; }

    public ReadOnlyMemory<SeenPlayer> Players { get; init; }

    public int CluesTotal { get; init; }

    public ReadOnlyMemory<SeenClue> Clues { get; init; }

    public int MarksTotal { get; init; }

    public ReadOnlyMemory<SeenMark> Marks { get; init; }
}
