namespace Veltrix.Protocol;

/// <summary>One command, without its sequence: that follows from its place in the frame.</summary>
/// <param name="Kind">what is asked for</param>
/// <param name="X">the column of the tile that it is about; 0 for commands without a tile</param>
/// <param name="Y">the row of the tile that it is about; 0 for commands without a tile</param>
/// <param name="Text">
/// the text of a dropped clue. A decoded one is null when it breaks <see cref="ClueText"/>'s rule: the command is then answered
/// <see cref="ResultCode.BadText"/>, and the frame's other commands are carried out.
/// </param>
public readonly record struct Command(CommandKind Kind, ushort X, ushort Y, string? Text)
{
    public static Command Look => new(CommandKind.Look, 0, 0, null);

    public static Command Where => new(CommandKind.Where, 0, 0, null);

    public static Command Leave => new(CommandKind.Leave, 0, 0, null);

    public static Command Move(ushort x, ushort y) => new(CommandKind.Move, x, y, null);

    public static Command Dig(ushort x, ushort y) => new(CommandKind.Dig, x, y, null);

    public static Command DropClue(ushort x, ushort y, string? text) => new(CommandKind.DropClue, x, y, text);
}
