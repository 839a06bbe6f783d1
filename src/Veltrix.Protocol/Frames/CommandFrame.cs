using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>What a frame of commands says besides the commands.</summary>
/// <param name="First">the sequence of its first command; the others follow without gaps</param>
/// <param name="Received">the client has received all answers up to this sequence</param>
/// <param name="Count">how many commands it holds</param>
public readonly record struct CommandFrameHeader(ulong First, ulong Received, int Count);

/// <summary>The frame of 1 to 64 signed commands; PROTOCOL.md has its layout.</summary>
public static class CommandFrame
{
    /// <summary>The bytes before the first command.</summary>
    public const int HeaderBytes = 20;

    /// <summary>Checks a frame and reads it. Allocates nothing but the texts of dropped clues; throws nothing for any bytes.</summary>
    /// <param name="frame">the whole message</param>
    /// <param name="signer">the session's signer</param>
    /// <param name="commands">takes the commands: room for <see cref="ProtocolLimits.CommandsPerFrame"/></param>
    /// <param name="header">the frame's header; default unless the result is <see cref="FrameError.None"/></param>
    /// <returns>
    /// <see cref="FrameError.None"/>, or why nothing of it may be carried out. The signature is checked before anything else is believed.
    /// </returns>
    public static FrameError TryDecode(ReadOnlySpan<byte> frame, FrameSigner signer, Span<Command> commands, out CommandFrameHeader header)
    {
        header = default;
        if (frame.Length is < HeaderBytes + 1 + ProtocolLimits.SignatureBytes or > ProtocolLimits.FrameBytes || frame[0] != (byte)FrameType.Commands)
        {
            return FrameError.BadFrame;
        }

        if (!signer.Verify(frame))
        {
            return FrameError.BadSignature;
        }

        var reader = new ByteReader(frame[1..^ProtocolLimits.SignatureBytes]);
        int count = reader.U8();
        var reserved = reader.U16();
        var first = reader.U64();
        var received = reader.U64();
        if (count is 0 or > ProtocolLimits.CommandsPerFrame || reserved != 0)
        {
            return FrameError.BadFrame;
        }

        for (var i = 0; i < count; i++)
        {
            if (!TryReadCommand(ref reader, out commands[i]))
            {
                return FrameError.BadFrame;
            }
        }

        if (!reader.Complete)
        {
            return FrameError.BadFrame;
        }

        if (first == 0 || first > ulong.MaxValue - (ulong)count || received >= first + (ulong)count)
        {
            return FrameError.BadSequence;
        }

        header = new CommandFrameHeader(first, received, count);
        return FrameError.None;
    }

    /// <summary>The bytes of the frame that <see cref="Write"/> makes of these commands.</summary>
    public static int Measure(ReadOnlySpan<Command> commands)
    {
        var bytes = HeaderBytes + ProtocolLimits.SignatureBytes;
        foreach (ref readonly var command in commands)
        {
            bytes += command.Kind switch
            {
                CommandKind.Move or CommandKind.Dig => 5,
                CommandKind.DropClue => 7 + Encoding.UTF8.GetByteCount(Sendable(command.Text)),
                _ => 1,
            };
        }

        return bytes;
    }

    /// <summary>Writes and signs a frame.</summary>
    /// <param name="destination">takes the frame: room for <see cref="Measure"/></param>
    /// <param name="signer">the session's signer</param>
    /// <param name="first">the sequence of the first command</param>
    /// <param name="received">all answers up to this sequence have been received</param>
    /// <param name="commands">
    /// 1 to 64 commands. A text that breaks the rule is sent as an empty one, so that the server answers it as it would answer the text.
    /// </param>
    /// <returns>the frame's bytes</returns>
    public static int Write(Span<byte> destination, FrameSigner signer, ulong first, ulong received, ReadOnlySpan<Command> commands)
    {
        if (commands.Length is 0 or > ProtocolLimits.CommandsPerFrame)
        {
            throw new ArgumentException($"A frame holds 1 to {ProtocolLimits.CommandsPerFrame} commands, not {commands.Length}.", nameof(commands));
        }

        var writer = new ByteWriter(destination);
        writer.U8((byte)FrameType.Commands);
        writer.U8((byte)commands.Length);
        writer.U16(0);
        writer.U64(first);
        writer.U64(received);
        foreach (ref readonly var command in commands)
        {
            writer.U8((byte)command.Kind);
            if (command.Kind is CommandKind.Move or CommandKind.Dig or CommandKind.DropClue)
            {
                writer.U16(command.X);
                writer.U16(command.Y);
            }

            if (command.Kind is CommandKind.DropClue)
            {
                writer.Text(Sendable(command.Text));
            }
        }

        var length = writer.Written + ProtocolLimits.SignatureBytes;
        signer.Sign(destination[..length]);
        return length;
    }

    private static string Sendable(string? text) => text is not null && ClueText.IsAcceptable(text) ? text : "";

    private static bool TryReadCommand(ref ByteReader reader, out Command command)
    {
        var kind = (CommandKind)reader.U8();
        switch (kind)
        {
            case CommandKind.Look or CommandKind.Where or CommandKind.Leave:
                command = new Command(kind, 0, 0, null);
                return !reader.Failed;
            case CommandKind.Move or CommandKind.Dig:
                command = new Command(kind, reader.U16(), reader.U16(), null);
                return !reader.Failed;
            case CommandKind.DropClue:
                ushort x = reader.U16(), y = reader.U16();
                var text = reader.Bytes(reader.U16());
                command = new Command(kind, x, y, ClueText.Decode(text));
                return !reader.Failed;
            default:
                command = default;
                return false;
        }
    }
}
