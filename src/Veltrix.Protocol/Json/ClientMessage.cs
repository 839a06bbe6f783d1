using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Json;

/// <summary>What a JSON message asks for.</summary>
public enum ClientMessageKind
{
    Commands = 0,
    Resume = 1,
    Watch = 2,
}

/// <summary>One JSON message of a client.</summary>
/// <param name="Kind">which of the others mean something</param>
/// <param name="Header">for commands: their sequences; the commands themselves are beside this</param>
/// <param name="Resume">for a resume; its attempt is 0</param>
/// <param name="Watch">for watch: on or off</param>
public readonly record struct ClientMessage(ClientMessageKind Kind, CommandFrameHeader Header, ResumeRequest Resume, bool Watch);
