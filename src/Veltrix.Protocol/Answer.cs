namespace Veltrix.Protocol;

/// <summary>
/// The reply to one command. Which members mean something follows from the kind and the result; the others are 0 or null.
/// </summary>
/// <param name="Kind">the command that is answered</param>
/// <param name="Result">what became of it</param>
/// <param name="X">the column after a move or for where, when done</param>
/// <param name="Y">the row after a move or for where, when done</param>
/// <param name="Points">what a dig scored; for where, the player's total as far as the server knows it at this moment</param>
/// <param name="Treasure">the number of the treasure that a dig claimed</param>
/// <param name="RetryMilliseconds">for <see cref="ResultCode.Busy"/> and <see cref="ResultCode.TooFast"/>, when to try again</param>
/// <param name="Seen">what a look saw</param>
public readonly record struct Answer(
    CommandKind Kind, ResultCode Result, ushort X, ushort Y, long Points, uint Treasure, uint RetryMilliseconds, Sighting? Seen)
{
    /// <summary>A refusal, or a done command that has nothing more to say.</summary>
    public static Answer Of(CommandKind kind, ResultCode result) => new(kind, result, 0, 0, 0, 0, 0, null);

    /// <summary>A refusal that says when to try again: busy or too fast.</summary>
    public static Answer Later(CommandKind kind, ResultCode result, uint milliseconds) => new(kind, result, 0, 0, 0, 0, milliseconds, null);

    /// <summary>The player has walked to this tile.</summary>
    public static Answer Moved(ushort x, ushort y) => new(CommandKind.Move, ResultCode.Ok, x, y, 0, 0, 0, null);

    /// <summary>The player has claimed this treasure.</summary>
    public static Answer Dug(long points, uint treasure) => new(CommandKind.Dig, ResultCode.Ok, 0, 0, points, treasure, 0, null);

    /// <summary>The player stands here and has so many points.</summary>
    public static Answer Standing(ushort x, ushort y, long points) => new(CommandKind.Where, ResultCode.Ok, x, y, points, 0, 0, null);

    /// <summary>The player sees this.</summary>
    public static Answer Saw(Sighting seen) => new(CommandKind.Look, ResultCode.Ok, 0, 0, 0, 0, 0, seen);
}
