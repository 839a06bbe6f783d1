namespace Veltrix.Protocol;

/// <summary>The protocol's fixed numbers and names. Limits that a hunt or a gateway may set come with the answer to the join.</summary>
public static class ProtocolLimits
{
    /// <summary>The WebSocket sub-protocol of the binary frames.</summary>
    public const string BinarySubProtocol = "veltrix.v1";

    /// <summary>The WebSocket sub-protocol of the JSON twin.</summary>
    public const string JsonSubProtocol = "veltrix.v1.json";

    /// <summary>The most commands of one frame, or of one JSON array.</summary>
    public const int CommandsPerFrame = 64;

    /// <summary>The most commands of one session that may be unanswered; the server keeps as many answers that are not confirmed.</summary>
    public const int Unanswered = 1024;

    /// <summary>The most bytes of one WebSocket message, in either direction.</summary>
    public const int FrameBytes = 65_536;

    /// <summary>The bytes of a session's signing key.</summary>
    public const int KeyBytes = 32;

    /// <summary>The bytes of a frame's signature: the first half of HMAC-SHA256.</summary>
    public const int SignatureBytes = 16;

    /// <summary>The most characters of a resume token; each is a printable ASCII character other than the space.</summary>
    public const int TokenCharacters = 512;

    /// <summary>The most characters of a player's name.</summary>
    public const int NameCharacters = 32;

    /// <summary>The most characters (Unicode scalar values) of a clue's text.</summary>
    public const int TextCharacters = 140;

    /// <summary>The most bytes of a clue's text in UTF-8.</summary>
    public const int TextBytes = TextCharacters * 4;

    /// <summary>The most players that an answer to look lists, and the most that a watching client is told of at a time.</summary>
    public const int PlayersListed = 64;

    /// <summary>The most clues that an answer to look lists.</summary>
    public const int CluesListed = 32;

    /// <summary>The most dug holes that an answer to look lists.</summary>
    public const int MarksListed = 64;

    /// <summary>The most UTF-8 bytes of a notice's or an error's sentence.</summary>
    public const int SentenceBytes = 1000;

    /// <summary>A coordinate that is on no map; stands for every coordinate of a JSON command that 16 bits cannot hold.</summary>
    public const ushort OffMap = ushort.MaxValue;
}
