using System.Text;

namespace Veltrix.Protocol.Frames;

/// <summary>The server's frame of 1 to 64 answers with contiguous sequences; PROTOCOL.md has its layout.</summary>
public static class AnswerFrame
{
    /// <summary>The bytes before the first answer.</summary>
    public const int HeaderBytes = 12;

    /// <summary>The most bytes of one answer, a look's with full lists: a buffer of <see cref="HeaderBytes"/> more always takes at least one.</summary>
    public const int MostAnswerBytes = 2 + 3
        + (ProtocolLimits.PlayersListed * (4 + 1 + ProtocolLimits.NameCharacters)) + 3
        + (ProtocolLimits.CluesListed * (4 + 1 + ProtocolLimits.NameCharacters + 2 + ProtocolLimits.TextBytes)) + 3
        + (ProtocolLimits.MarksListed * 4);

    /// <summary>Writes a frame with as many of the answers as fit into it.</summary>
    /// <param name="destination">takes the frame; with <see cref="ProtocolLimits.FrameBytes"/> or less it is never larger than a client takes</param>
    /// <param name="first">the sequence of the first answer</param>
    /// <param name="answers">the answers, by sequence without gaps</param>
    /// <param name="taken">how many were written; those after it need a frame of their own. At least 1 for a destination as <see cref="MostAnswerBytes"/> says</param>
    /// <returns>the frame's bytes; 0 when nothing was written</returns>
    public static int Write(Span<byte> destination, ulong first, ReadOnlySpan<Answer> answers, out int taken)
    {
        var most = Math.Min(answers.Length, ProtocolLimits.CommandsPerFrame);
        var room = destination.Length - HeaderBytes;
        for (taken = 0; taken < most; taken++)
        {
            room -= Measure(in answers[taken]);
            if (room < 0)
            {
                break;
            }
        }

        if (taken == 0)
        {
            return 0;
        }

        var writer = new ByteWriter(destination);
        writer.U8((byte)FrameType.Answers);
        writer.U8((byte)taken);
        writer.U16(0);
        writer.U64(first);
        for (var i = 0; i < taken; i++)
        {
            WriteAnswer(ref writer, in answers[i]);
        }

        return writer.Written;
    }

    /// <summary>The bytes of one answer, without the frame's header.</summary>
    public static int Measure(in Answer answer) => answer switch
    {
        { Result: ResultCode.Busy or ResultCode.TooFast } => 6,
        { Result: not ResultCode.Ok } => 2,
        { Kind: CommandKind.Move } => 6,
        { Kind: CommandKind.Dig or CommandKind.Where } => 14,
        { Kind: CommandKind.Look } => 2 + Measure(answer.Seen ?? Sighting.Nothing),
        _ => 2,
    };

    /// <summary>Reads a frame. Throws nothing for any bytes.</summary>
    /// <param name="frame">the whole message</param>
    /// <param name="names">gives names their strings</param>
    /// <param name="answers">takes the answers: room for <see cref="ProtocolLimits.CommandsPerFrame"/></param>
    /// <param name="first">the sequence of the first answer</param>
    /// <param name="count">how many answers there are</param>
    /// <returns>whether the frame was as the protocol says</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, NameCache names, Span<Answer> answers, out ulong first, out int count)
    {
        var reader = new ByteReader(frame);
        var type = reader.U8();
        count = reader.U8();
        var reserved = reader.U16();
        first = reader.U64();
        if (type != (byte)FrameType.Answers || count is 0 or > ProtocolLimits.CommandsPerFrame || reserved != 0)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!TryReadAnswer(ref reader, names, out answers[i]))
            {
                return false;
            }
        }

        return reader.Complete && first != 0 && first <= ulong.MaxValue - (ulong)count;
    }

    private static void WriteAnswer(ref ByteWriter writer, in Answer answer)
    {
        writer.U8((byte)answer.Kind);
        writer.U8((byte)answer.Result);
        if (answer.Result is ResultCode.Busy or ResultCode.TooFast)
        {
            writer.U32(answer.RetryMilliseconds);
        }
        else if (answer.Result is ResultCode.Ok)
        {
            switch (answer.Kind)
            {
                case CommandKind.Move:
                    writer.U16(answer.X);
                    writer.U16(answer.Y);
                    break;
                case CommandKind.Look:
                    WriteSighting(ref writer, answer.Seen ?? Sighting.Nothing);
                    break;
                case CommandKind.Dig:
                    writer.I64(answer.Points);
                    writer.U32(answer.Treasure);
                    break;
                case CommandKind.Where:
                    writer.U16(answer.X);
                    writer.U16(answer.Y);
                    writer.I64(answer.Points);
                    break;
            }
        }
    }

    private static bool TryReadAnswer(ref ByteReader reader, NameCache names, out Answer answer)
    {
        var kind = (CommandKind)reader.U8();
        var result = (ResultCode)reader.U8();
        answer = default;
        if (reader.Failed || kind is < CommandKind.Move or > CommandKind.Leave || !ResultNames.IsOnTheWire(result))
        {
            return false;
        }

        answer = result switch
        {
            ResultCode.Busy or ResultCode.TooFast => Answer.Later(kind, result, reader.U32()),
            not ResultCode.Ok => Answer.Of(kind, result),
            _ => kind switch
            {
                CommandKind.Move => Answer.Moved(reader.U16(), reader.U16()),
                CommandKind.Dig => Answer.Dug(reader.I64(), reader.U32()),
                CommandKind.Where => Answer.Standing(reader.U16(), reader.U16(), reader.I64()),
                CommandKind.Look => Answer.Saw(ReadSighting(ref reader, names)),
                _ => Answer.Of(kind, result),
            },
        };
        return !reader.Failed;
    }

    private static int Measure(Sighting seen)
    {
        var bytes = 9;
        foreach (ref readonly var player in First(seen.Players.Span, ProtocolLimits.PlayersListed))
        {
            bytes += 5 + Encoding.UTF8.GetByteCount(player.Name);
        }

        foreach (ref readonly var clue in First(seen.Clues.Span, ProtocolLimits.CluesListed))
        {
            bytes += 7 + Encoding.UTF8.GetByteCount(clue.Author) + Encoding.UTF8.GetByteCount(clue.Text);
        }

        return bytes + (First(seen.Marks.Span, ProtocolLimits.MarksListed).Length * 4);
    }

    private static void WriteSighting(ref ByteWriter writer, Sighting seen)
    {
        var players = First(seen.Players.Span, ProtocolLimits.PlayersListed);
        writer.Total(seen.PlayersTotal);
        writer.U8((byte)players.Length);
        foreach (ref readonly var player in players)
        {
            writer.U16(player.X);
            writer.U16(player.Y);
            writer.Name(player.Name);
        }

        var clues = First(seen.Clues.Span, ProtocolLimits.CluesListed);
        writer.Total(seen.CluesTotal);
        writer.U8((byte)clues.Length);
        foreach (ref readonly var clue in clues)
        {
            writer.U16(clue.X);
            writer.U16(clue.Y);
            writer.Name(clue.Author);
            writer.Text(clue.Text);
        }

        var marks = First(seen.Marks.Span, ProtocolLimits.MarksListed);
        writer.Total(seen.MarksTotal);
        writer.U8((byte)marks.Length);
        foreach (ref readonly var mark in marks)
        {
            writer.U16(mark.X);
            writer.U16(mark.Y);
        }
    }

    private static Sighting ReadSighting(ref ByteReader reader, NameCache names)
    {
        // The counts are bytes, so that broken ones cost at most three small arrays before the reader has failed.
        int playersTotal = reader.U16();
        var players = NewArray<SeenPlayer>(reader.U8());
        for (var i = 0; i < players.Length && !reader.Failed; i++)
        {
            ushort x = reader.U16(), y = reader.U16();
            players[i] = new SeenPlayer(names.Get(reader.Bytes(reader.U8())), x, y);
        }

        int cluesTotal = reader.U16();
        var clues = NewArray<SeenClue>(reader.U8());
        for (var i = 0; i < clues.Length && !reader.Failed; i++)
        {
            ushort x = reader.U16(), y = reader.U16();
            var author = names.Get(reader.Bytes(reader.U8()));
            clues[i] = new SeenClue(x, y, author, Encoding.UTF8.GetString(reader.Bytes(reader.U16())));
        }

        int marksTotal = reader.U16();
        var marks = NewArray<SeenMark>(reader.U8());
        for (var i = 0; i < marks.Length && !reader.Failed; i++)
        {
            marks[i] = new SeenMark(reader.U16(), reader.U16());
        }

        return new Sighting
        {
            PlayersTotal = playersTotal,
            Players = players,
            CluesTotal = cluesTotal,
            Clues = clues,
            MarksTotal = marksTotal,
            Marks = marks,
        };
    }

    private static T[] NewArray<T>(int length) => length == 0 ? [] : new T[length];

    private static ReadOnlySpan<T> First<T>(ReadOnlySpan<T> all, int most) => all.Length > most ? all[..most] : all;
}
