namespace Veltrix.Protocol;

/// <summary>What a player can ask for. The numbers are on the wire and never change; 7 is kept for solve.</summary>
public enum CommandKind : byte
{
    /// <summary>Walk to a tile within reach.</summary>
    Move = 1,

    /// <summary>See who and what is in sight of the own tile.</summary>
    Look = 2,

    /// <summary>Leave a short text on a tile within reach.</summary>
    DropClue = 3,

    /// <summary>Dig on a tile within reach.</summary>
    Dig = 4,

    /// <summary>Ask for the own tile and points.</summary>
    Where = 5,

    /// <summary>End the session.</summary>
    Leave = 6,
}

/// <summary>The commands' names as JSON spells them.</summary>
public static class CommandNames
{
    /// <summary>The name in UTF-8, for writers that allocate nothing.</summary>
    public static ReadOnlySpan<byte> Utf8Of(CommandKind kind) => kind switch
    {
        CommandKind.Move => "move"u8,
        CommandKind.Look => "look"u8,
        CommandKind.DropClue => "drop-clue"u8,
        CommandKind.Dig => "dig"u8,
        CommandKind.Where => "where"u8,
        CommandKind.Leave => "leave"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such command."),
    };

    /// <summary>The name, for messages and labels.</summary>
    public static string Of(CommandKind kind) => kind switch
    {
        CommandKind.Move => "move",
        CommandKind.Look => "look",
        CommandKind.DropClue => "drop-clue",
        CommandKind.Dig => "dig",
        CommandKind.Where => "where",
        CommandKind.Leave => "leave",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such command."),
    };
}
