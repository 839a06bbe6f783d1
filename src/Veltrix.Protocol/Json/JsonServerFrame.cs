using System.Text.Json;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Json;

/// <summary>
/// Writes what a server sends in the JSON twin, one object a message. The writer is the caller's, who resets it between messages; names and
/// texts are written as they are, escaped only where JSON demands it.
/// </summary>
public static class JsonServerFrame
{
    /// <summary>How a writer for these messages is made.</summary>
    public static JsonWriterOptions WriterOptions => new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");

    public static void WriteAnswer(Utf8JsonWriter writer, ulong sequence, in Answer answer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq"u8, sequence);
        writer.WriteString(Result, ResultNames.Of(answer.Result));
        writer.WriteStartObject(CommandNames.Utf8Of(answer.Kind));
        if (answer.Result is ResultCode.Busy or ResultCode.TooFast)
        {
            writer.WriteNumber("retryMs"u8, answer.RetryMilliseconds);
        }
        else if (answer.Result is ResultCode.Ok)
        {
            switch (answer.Kind)
            {
                case CommandKind.Move:
                    WriteTile(writer, answer.X, answer.Y);
                    break;
                case CommandKind.Look:
                    WriteSighting(writer, answer.Seen ?? Sighting.Nothing);
                    break;
                case CommandKind.Dig:
                    writer.WriteNumber("points"u8, answer.Points);
                    writer.WriteNumber("treasure"u8, answer.Treasure);
                    break;
                case CommandKind.Where:
                    WriteTile(writer, answer.X, answer.Y);
                    writer.WriteNumber("points"u8, answer.Points);
                    break;
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteResumed(Utf8JsonWriter writer, in Resumed resumed)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("resumed"u8);
        writer.WriteNumber("next"u8, resumed.Next);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteSnapshot(Utf8JsonWriter writer, in Snapshot snapshot)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("snapshot"u8);
        writer.WriteNumber("next"u8, snapshot.Next);
        WriteTile(writer, snapshot.X, snapshot.Y);
        writer.WriteString("reason"u8, StateNames.Of(snapshot.Reason));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteEnter(Utf8JsonWriter writer, ReadOnlySpan<SeenPlayer> players) => WritePlayers(writer, "enter"u8, players);

    public static void WriteMoved(Utf8JsonWriter writer, ReadOnlySpan<SeenPlayer> players) => WritePlayers(writer, "moved"u8, players);

    public static void WriteLeave(Utf8JsonWriter writer, ReadOnlySpan<string> names)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("leave"u8);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteHunt(Utf8JsonWriter writer, HuntState state)
    {
        writer.WriteStartObject();
        writer.WriteString("hunt"u8, StateNames.Of(state));
        writer.WriteEndObject();
    }

    public static void WriteNotice(Utf8JsonWriter writer, string sentence)
    {
        writer.WriteStartObject();
        writer.WriteString("notice"u8, sentence);
        writer.WriteEndObject();
    }

    public static void WriteError(Utf8JsonWriter writer, CloseCode code, string sentence)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, CloseCodes.Of(code));
        writer.WriteString("message"u8, sentence);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTile(Utf8JsonWriter writer, ushort x, ushort y)
    {
        writer.WriteNumber("x"u8, (uint)x);
        writer.WriteNumber("y"u8, (uint)y);
    }

    private static void WritePlayers(Utf8JsonWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<SeenPlayer> players)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(key);
        WriteEach(writer, players);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteEach(Utf8JsonWriter writer, ReadOnlySpan<SeenPlayer> players)
    {
        foreach (ref readonly var player in players)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, player.Name);
            WriteTile(writer, player.X, player.Y);
            writer.WriteEndObject();
        }
    }

    private static void WriteSighting(Utf8JsonWriter writer, Sighting seen)
    {
        WriteListHead(writer, "players"u8, seen.PlayersTotal);
        WriteEach(writer, First(seen.Players.Span, ProtocolLimits.PlayersListed));
        WriteListEnd(writer);
        WriteListHead(writer, "clues"u8, seen.CluesTotal);
        foreach (ref readonly var clue in First(seen.Clues.Span, ProtocolLimits.CluesListed))
        {
            writer.WriteStartObject();
            WriteTile(writer, clue.X, clue.Y);
            writer.WriteString("author"u8, clue.Author);
            writer.WriteString("text"u8, clue.Text);
            writer.WriteEndObject();
        }

        WriteListEnd(writer);
        WriteListHead(writer, "marks"u8, seen.MarksTotal);
        foreach (ref readonly var mark in First(seen.Marks.Span, ProtocolLimits.MarksListed))
        {
            writer.WriteStartObject();
            WriteTile(writer, mark.X, mark.Y);
            writer.WriteEndObject();
        }

        WriteListEnd(writer);
    }

    private static void WriteListHead(Utf8JsonWriter writer, ReadOnlySpan<byte> key, int total)
    {
        writer.WriteStartObject(key);
        writer.WriteNumber("total"u8, Math.Clamp(total, 0, ushort.MaxValue));
        writer.WriteStartArray("nearest"u8);
    }

    private static void WriteListEnd(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<T> First<T>(ReadOnlySpan<T> all, int most) => all.Length > most ? all[..most] : all;
}
