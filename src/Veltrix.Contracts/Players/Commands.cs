using Veltrix.World;

namespace Veltrix.Contracts;

/// <summary>What a player can ask for. The numbers are the wire's.</summary>
public enum CommandKind : byte
{
    Move = 1,
    Look = 2,
    DropClue = 3,
    Dig = 4,
    Where = 5,
    Leave = 6,
}

/// <summary>One command of a player.</summary>
/// <param name="Kind">what to do</param>
/// <param name="Target">where: for move, drop-clue and dig</param>
/// <param name="Text">the clue's text, for drop-clue: 1 to 140 characters, checked by the gateway; null when it broke the rule of texts</param>
/// <param name="RefusedMilliseconds">
/// above 0 when the gateway refused the command, for its rate or for lack of capacity: it is only answered <see cref="CommandResult.Busy"/> with
/// this time, in its turn. So even a refusal has its place in the sequence, and a repeat of it gets the same answer from anybody.
/// </param>
[GenerateSerializer, Immutable, Alias("veltrix.command")]
public readonly record struct PlayerCommand(
    [property: Id(0)] CommandKind Kind,
    [property: Id(1)] Tile Target = default,
    [property: Id(2)] string? Text = null,
    [property: Id(3)] int RefusedMilliseconds = 0);

/// <summary>How a command ended. The numbers are the wire's. Only <see cref="Ok"/> changed anything.</summary>
public enum CommandResult : byte
{
    Ok = 0,

    /// <summary>The target tile cannot be stood on.</summary>
    Blocked = 1,

    /// <summary>The target is out of reach or not on the map.</summary>
    TooFar = 2,

    /// <summary>No walk inside the reach leads to the target.</summary>
    Unreachable = 3,

    /// <summary>The walk is quicker than the rules allow; <see cref="CommandAnswer.RetryMilliseconds"/> says when it may be done.</summary>
    TooFast = 4,

    /// <summary>Nothing is buried there.</summary>
    Empty = 5,

    /// <summary>What was buried there was claimed before.</summary>
    Taken = 6,

    /// <summary>Too much to do; <see cref="CommandAnswer.RetryMilliseconds"/> says when to try again, as a new command.</summary>
    Busy = 7,

    /// <summary>A clue's text is empty or too long.</summary>
    BadText = 8,

    /// <summary>The hunt has not started.</summary>
    NotStarted = 9,

    /// <summary>The hunt is over: nothing is scored any more.</summary>
    HuntOver = 10,

    /// <summary>The player has left the hunt: only joining again helps.</summary>
    Left = 11,
}

/// <summary>The one answer to a command; a repeat of the command gets the same.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.answer")]
public readonly record struct CommandAnswer(
    [property: Id(0)] CommandKind Kind,
    [property: Id(1)] CommandResult Result,
    [property: Id(2)] Tile Tile = default,
    [property: Id(3)] long Points = 0,
    [property: Id(4)] int Treasure = 0,
    [property: Id(5)] int RetryMilliseconds = 0,
    [property: Id(6)] Sighting? Seen = null);

/// <summary>What a look saw. Lists are cut to the nearest; the counts are whole.</summary>
/// <param name="PlayerCount">players in sight, the looking one not among them</param>
/// <param name="ClueCount">clues in sight</param>
/// <param name="MarkCount">dug holes in sight</param>
/// <param name="Players">the nearest, nearest first, at most <see cref="MaxPlayers"/></param>
/// <param name="Clues">the nearest, at most <see cref="MaxClues"/></param>
/// <param name="Marks">the nearest, at most <see cref="MaxMarks"/></param>
[GenerateSerializer, Immutable, Alias("veltrix.sighting")]
public sealed record Sighting(
    [property: Id(0)] int PlayerCount,
    [property: Id(1)] int ClueCount,
    [property: Id(2)] int MarkCount,
    [property: Id(3)] ImmutableArray<SeenPlayer> Players,
    [property: Id(4)] ImmutableArray<SeenClue> Clues,
    [property: Id(5)] ImmutableArray<Tile> Marks)
{
    public const int MaxPlayers = 64;
    public const int MaxClues = 32;
    public const int MaxMarks = 64;
}

[GenerateSerializer, Immutable, Alias("veltrix.seen-player")]
public readonly record struct SeenPlayer([property: Id(0)] PlayerId Player, [property: Id(1)] Tile Tile);

[GenerateSerializer, Immutable, Alias("veltrix.seen-clue")]
public readonly record struct SeenClue([property: Id(0)] Tile Tile, [property: Id(1)] PlayerId Author, [property: Id(2)] string Text);
