namespace Veltrix.Protocol;

/// <summary>What became of a command: a closed list. The numbers are on the wire and never change.</summary>
public enum ResultCode : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The tile cannot be entered.</summary>
    Blocked = 1,

    /// <summary>The tile is out of reach, or on no map.</summary>
    TooFar = 2,

    /// <summary>The tile is within reach, but no walk inside of the reach leads there.</summary>
    Unreachable = 3,

    /// <summary>The player would be faster than allowed; the answer says when the walk is possible.</summary>
    TooFast = 4,

    /// <summary>Nothing is buried there.</summary>
    Empty = 5,

    /// <summary>What was buried there has been claimed, perhaps by this very player.</summary>
    Taken = 6,

    /// <summary>Above a rate or the server's capacity; nothing was done, and the answer says when to send it again.</summary>
    Busy = 7,

    /// <summary>The clue's text breaks the rule of texts.</summary>
    BadText = 8,

    /// <summary>The hunt has not started.</summary>
    NotStarted = 9,

    /// <summary>The hunt is over.</summary>
    HuntOver = 10,

    /// <summary>The player has left this session; join again.</summary>
    Left = 11,

    /// <summary>This hunt does not offer the command.</summary>
    Unsupported = 12,

    /// <summary>
    /// Never on the wire: a client's own word for a command whose answer the server no longer has. It may have been carried out.
    /// </summary>
    Unknown = 255,
}

/// <summary>The results' names as JSON spells them.</summary>
public static class ResultNames
{
    /// <summary>The highest number that is on the wire.</summary>
    public const ResultCode Last = ResultCode.Unsupported;

    private static readonly string[] Names =
    [
        "ok", "blocked", "too-far", "unreachable", "too-fast", "empty", "taken", "busy", "bad-text", "not-started", "hunt-over", "left", "unsupported",
    ];

    /// <summary>The result's name; "unknown" for <see cref="ResultCode.Unknown"/>.</summary>
    public static string Of(ResultCode result) => (int)result < Names.Length
        ? Names[(int)result]
        : result is ResultCode.Unknown ? "unknown" : throw new ArgumentOutOfRangeException(nameof(result), result, "No such result.");

    /// <summary>Whether the number is one of the wire's results.</summary>
    public static bool IsOnTheWire(ResultCode result) => result <= Last;
}
