namespace Veltrix.Protocol.Frames;

/// <summary>The first byte of every binary frame. The server's have the highest bit set.</summary>
public enum FrameType : byte
{
    Resume = 0x01,
    Commands = 0x02,
    Watch = 0x03,

    Resumed = 0x81,
    Answers = 0x82,
    Snapshot = 0x83,
    Enter = 0x84,
    Leave = 0x85,
    Moved = 0x86,
    Hunt = 0x87,
    Notice = 0x88,
    Error = 0x89,
}
