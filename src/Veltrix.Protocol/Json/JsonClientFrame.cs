using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Json;

/// <summary>
/// Reads what a client sends in the JSON twin: one message, or an array of 1 to 64 commands. Strict: a key that is unknown, missing, repeated or of
/// the wrong type makes the whole message a bad frame. Nothing is kept beyond the commands, and nothing is thrown for any bytes.
/// </summary>
public static class JsonClientFrame
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">the whole message</param>
    /// <param name="commands">takes the commands: room for <see cref="ProtocolLimits.CommandsPerFrame"/></param>
    /// <param name="message">what it says; default unless the result is <see cref="FrameError.None"/></param>
    public static FrameError TryDecode(ReadOnlySpan<byte> utf8, Span<Command> commands, out ClientMessage message)
    {
        message = default;
        if (utf8.Length > ProtocolLimits.FrameBytes || !Utf8.IsValid(utf8))
        {
            return FrameError.BadFrame;
        }

        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            reader.Read();
            var error = reader.TokenType is JsonTokenType.StartArray
                ? ReadArray(ref reader, commands, out message)
                : ReadOne(ref reader, commands, out message);

            // One more read: it fails on anything but white space behind the message.
            error = error is FrameError.None && reader.Read() ? FrameError.BadFrame : error;
            message = error is FrameError.None ? message : default;
            return error;
        }
        catch (JsonException)
        {
            // The reader has no other way to say that the text is no JSON. It happens once a socket, which is closed for it.
            message = default;
            return FrameError.BadFrame;
        }
    }

    private static FrameError ReadArray(ref Utf8JsonReader reader, Span<Command> commands, out ClientMessage message)
    {
        message = default;
        var count = 0;
        ulong first = 0, received = 0;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (count == ProtocolLimits.CommandsPerFrame)
            {
                return FrameError.BadFrame;
            }

            var error = ReadOne(ref reader, commands[count..], out var one);
            if (error is not FrameError.None || one.Kind is not ClientMessageKind.Commands)
            {
                return error is FrameError.None ? FrameError.BadFrame : error;
            }

            first = count == 0 ? one.Header.First : first;
            if (one.Header.First != first + (ulong)count)
            {
                return FrameError.BadSequence;
            }

            received = Math.Max(received, one.Header.Received);
            count++;
        }

        message = new ClientMessage(ClientMessageKind.Commands, new CommandFrameHeader(first, received, count), default, false);
        return count == 0 ? FrameError.BadFrame : FrameError.None;
    }

    private static FrameError ReadOne(ref Utf8JsonReader reader, Span<Command> commands, out ClientMessage message)
    {
        message = default;
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return FrameError.BadFrame;
        }

        ulong? seq = null, ack = null;
        var named = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var ok = KeyOf(ref reader) switch
            {
                Key.Seq => seq is null && TryNumber(ref reader, out seq),
                Key.Ack => ack is null && TryNumber(ref reader, out ack),
                Key.Resume => Once(ref named) && TryResume(ref reader, out message),
                Key.Watch => Once(ref named) && TryWatch(ref reader, out message),
                Key.Move => Once(ref named) && TryTile(ref reader, CommandKind.Move, out commands[0]),
                Key.Dig => Once(ref named) && TryTile(ref reader, CommandKind.Dig, out commands[0]),
                Key.DropClue => Once(ref named) && TryTile(ref reader, CommandKind.DropClue, out commands[0]),
                Key.Look => Once(ref named) && TryEmpty(ref reader, CommandKind.Look, out commands[0]),
                Key.Where => Once(ref named) && TryEmpty(ref reader, CommandKind.Where, out commands[0]),
                Key.Leave => Once(ref named) && TryEmpty(ref reader, CommandKind.Leave, out commands[0]),
                _ => false,
            };
            if (!ok)
            {
                return FrameError.BadFrame;
            }
        }

        if (message.Kind is not ClientMessageKind.Commands)
        {
            return seq is null && ack is null ? FrameError.None : FrameError.BadFrame;
        }

        if (!named || seq is null)
        {
            return FrameError.BadFrame;
        }

        if (seq == 0 || seq == ulong.MaxValue || ack > seq)
        {
            return FrameError.BadSequence;
        }

        message = new ClientMessage(ClientMessageKind.Commands, new CommandFrameHeader(seq.Value, ack ?? 0, 1), default, false);
        return FrameError.None;
    }

    private enum Key
    {
        Unknown, Seq, Ack, Resume, Watch, Move, Look, DropClue, Dig, Where, Leave,
    }

    private static Key KeyOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("seq"u8) ? Key.Seq
        : reader.ValueTextEquals("ack"u8) ? Key.Ack
        : reader.ValueTextEquals("move"u8) ? Key.Move
        : reader.ValueTextEquals("look"u8) ? Key.Look
        : reader.ValueTextEquals("drop-clue"u8) ? Key.DropClue
        : reader.ValueTextEquals("dig"u8) ? Key.Dig
        : reader.ValueTextEquals("where"u8) ? Key.Where
        : reader.ValueTextEquals("leave"u8) ? Key.Leave
        : reader.ValueTextEquals("watch"u8) ? Key.Watch
        : reader.ValueTextEquals("resume"u8) ? Key.Resume
        : Key.Unknown;

    // One command, resume or watch a message.
    private static bool Once(ref bool named)
    {
        var first = !named;
        named = true;
        return first;
    }

    private static bool TryNumber(ref Utf8JsonReader reader, out ulong? number)
    {
        number = null;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.Number || !reader.TryGetUInt64(out var value))
        {
            return false;
        }

        number = value;
        return true;
    }

    private static bool TryWatch(ref Utf8JsonReader reader, out ClientMessage message)
    {
        reader.Read();
        message = new ClientMessage(ClientMessageKind.Watch, default, default, reader.TokenType is JsonTokenType.True);
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    private static bool TryResume(ref Utf8JsonReader reader, out ClientMessage message)
    {
        message = default;
        string? token = null;
        ulong? last = null;
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var ok = reader.ValueTextEquals("token"u8) ? token is null && TryToken(ref reader, out token)
                : reader.ValueTextEquals("lastSeq"u8) && last is null && TryNumber(ref reader, out last);
            if (!ok)
            {
                return false;
            }
        }

        message = new ClientMessage(ClientMessageKind.Resume, default, new ResumeRequest(token ?? "", last ?? 0, 0), false);
        return token is not null;
    }

    private static bool TryToken(ref Utf8JsonReader reader, out string? token)
    {
        token = null;
        Span<byte> utf8 = stackalloc byte[ProtocolLimits.TokenCharacters * 6];
        if (!reader.Read() || reader.TokenType is not JsonTokenType.String || !TryCopy(ref reader, utf8, out var length)
            || !ResumeFrame.IsToken(utf8[..length]))
        {
            return false;
        }

        token = Encoding.ASCII.GetString(utf8[..length]);
        return true;
    }

    private static bool TryEmpty(ref Utf8JsonReader reader, CommandKind kind, out Command command)
    {
        command = new Command(kind, 0, 0, null);
        return reader.Read() && reader.TokenType is JsonTokenType.StartObject && reader.Read() && reader.TokenType is JsonTokenType.EndObject;
    }

    private static bool TryTile(ref Utf8JsonReader reader, CommandKind kind, out Command command)
    {
        command = default;
        int? x = null, y = null;
        string? text = null;
        var hasText = false;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var ok = reader.ValueTextEquals("x"u8) ? x is null && TryCoordinate(ref reader, out x)
                : reader.ValueTextEquals("y"u8) ? y is null && TryCoordinate(ref reader, out y)
                : reader.ValueTextEquals("text"u8) && kind is CommandKind.DropClue && Once(ref hasText) && TryText(ref reader, out text);
            if (!ok)
            {
                return false;
            }
        }

        if (x is null || y is null || (kind is CommandKind.DropClue && !hasText))
        {
            return false;
        }

        // A coordinate that 16 bits cannot hold is no error of the protocol: it is a tile that is too far away, like any other off the map.
        var onMap = x is >= 0 and < ProtocolLimits.OffMap && y is >= 0 and < ProtocolLimits.OffMap;
        command = onMap ? new Command(kind, (ushort)x, (ushort)y, text) : new Command(kind, ProtocolLimits.OffMap, ProtocolLimits.OffMap, text);
        return true;
    }

    private static bool TryCoordinate(ref Utf8JsonReader reader, out int? coordinate)
    {
        coordinate = null;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.Number || !reader.TryGetInt32(out var value))
        {
            return false;
        }

        coordinate = value;
        return true;
    }

    // A text that breaks the rule is null and answered bad-text; only something that is no string is a bad frame.
    private static bool TryText(ref Utf8JsonReader reader, out string? text)
    {
        text = null;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.String)
        {
            return false;
        }

        // Room for the longest text with every character escaped; longer ones break the rule anyway.
        Span<byte> utf8 = stackalloc byte[ProtocolLimits.TextCharacters * 12];
        text = TryCopy(ref reader, utf8, out var length) ? ClueText.Decode(utf8[..length]) : null;
        return true;
    }

    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<byte> utf8, out int length)
    {
        length = 0;
        if (reader.ValueSpan.Length > utf8.Length)
        {
            return false;
        }

        try
        {
            length = reader.CopyString(utf8);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: there is no call that asks first.
            return false;
        }
    }
}
