using System.Buffers.Binary;
using System.Text;
using Veltrix.World;

namespace Veltrix.Grains.Players;

/// <summary>
/// The unconfirmed answers of a checkpoint, as bytes. They are read by later versions: a layout never changes, a new one gets the next
/// version number. Integers are little-endian. Version 1:
/// <code>
/// version            u8 = 1
/// count              u16; the last answer is the one to the checkpoint's last applied command
/// per answer:
///   kind, result     u8, u8
///   tile             u16 x, u16 y
///   points           i64
///   treasure         i32
///   retry            i32 milliseconds
///   seen             u8: 0 none, 1 a sighting follows:
///     counts         i32 players, i32 clues, i32 marks
///     players        u16 count, each: u16 x, u16 y, name
///     clues          u16 count, each: u16 x, u16 y, author, text
///     marks          u16 count, each: u16 x, u16 y
/// a text is u16 length + UTF-8
/// </code>
/// At most <see cref="MaxBytes"/> are written: of more, the newest that fit. 1,024 looks in a crowd would be 3 MB every five seconds for a client that
/// confirms nothing.
/// </summary>
internal static class AnswerCodec
{
    public const int MaxBytes = 256 * 1024;

    private const byte Version = 1;
    private const int HeaderBytes = 3;

    public static ReadOnlyMemory<byte> Encode(AnswerWindow window)
    {
        if (window.Count == 0)
        {
            return default;
        }

        int first = window.Count, bytes = HeaderBytes;
        while (first > 0 && bytes + SizeOf(window[first - 1]) <= MaxBytes)
        {
            bytes += SizeOf(window[--first]);
        }

        var encoded = new byte[bytes];
        var writer = new Writer(encoded);
        writer.U8(Version);
        writer.U16(window.Count - first);
        for (var i = first; i < window.Count; i++)
        {
            Write(ref writer, window[i]);
        }

        return encoded;
    }

    /// <summary>Fills an empty window with what a checkpoint holds.</summary>
    /// <exception cref="InvalidDataException">The bytes are none that this or an older version wrote.</exception>
    public static void Decode(ReadOnlySpan<byte> encoded, ulong applied, AnswerWindow window)
    {
        window.Reset(applied);
        if (encoded.IsEmpty)
        {
            return;
        }

        if (encoded[0] != Version)
        {
            throw new InvalidDataException($"A checkpoint's answers have version {encoded[0]}; this program reads version {Version}. Run the program that wrote them, or a newer one.");
        }

        try
        {
            var reader = new Reader(encoded[1..]);
            var count = reader.U16();
            window.Reset(applied - (ulong)count);
            for (var i = 0; i < count; i++)
            {
                window.Add(Read(ref reader));
            }
        }
        catch (ArgumentOutOfRangeException broken)
        {
            throw new InvalidDataException("A checkpoint's answers end early.", broken);
        }
    }

    private static int SizeOf(in CommandAnswer answer)
    {
        var size = 2 + 4 + 8 + 4 + 4 + 1;
        if (answer.Seen is not { } seen)
        {
            return size;
        }

        size += 12 + 6;
        foreach (var player in seen.Players)
        {
            size += 4 + SizeOf(player.Player.Value);
        }

        foreach (var clue in seen.Clues)
        {
            size += 4 + SizeOf(clue.Author.Value) + SizeOf(clue.Text);
        }

        return size + (4 * seen.Marks.Length);
    }

    private static int SizeOf(string text) => 2 + Encoding.UTF8.GetByteCount(text);

    private static void Write(ref Writer writer, in CommandAnswer answer)
    {
        writer.U8((byte)answer.Kind);
        writer.U8((byte)answer.Result);
        writer.Tile(answer.Tile);
        writer.I64(answer.Points);
        writer.I32(answer.Treasure);
        writer.I32(answer.RetryMilliseconds);
        if (answer.Seen is not { } seen)
        {
            writer.U8(0);
            return;
        }

        writer.U8(1);
        writer.I32(seen.PlayerCount);
        writer.I32(seen.ClueCount);
        writer.I32(seen.MarkCount);
        writer.U16(seen.Players.Length);
        foreach (var player in seen.Players)
        {
            writer.Tile(player.Tile);
            writer.Text(player.Player.Value);
        }

        writer.U16(seen.Clues.Length);
        foreach (var clue in seen.Clues)
        {
            writer.Tile(clue.Tile);
            writer.Text(clue.Author.Value);
            writer.Text(clue.Text);
        }

        writer.U16(seen.Marks.Length);
        foreach (var mark in seen.Marks)
        {
            writer.Tile(mark);
        }
    }

    private static CommandAnswer Read(ref Reader reader)
    {
        var answer = new CommandAnswer(
            (CommandKind)reader.U8(), (CommandResult)reader.U8(), reader.Tile(), reader.I64(), reader.I32(), reader.I32());
        if (reader.U8() == 0)
        {
            return answer;
        }

        int playerCount = reader.I32(), clueCount = reader.I32(), markCount = reader.I32();
        var players = ImmutableArray.CreateBuilder<SeenPlayer>(reader.U16());
        while (players.Count < players.Capacity)
        {
            var tile = reader.Tile();
            players.Add(new SeenPlayer(new PlayerId(reader.Text()), tile));
        }

        var clues = ImmutableArray.CreateBuilder<SeenClue>(reader.U16());
        while (clues.Count < clues.Capacity)
        {
            clues.Add(new SeenClue(reader.Tile(), new PlayerId(reader.Text()), reader.Text()));
        }

        var marks = ImmutableArray.CreateBuilder<Tile>(reader.U16());
        while (marks.Count < marks.Capacity)
        {
            marks.Add(reader.Tile());
        }

        return answer with
        {
            Seen = new Sighting(playerCount, clueCount, markCount, players.MoveToImmutable(), clues.MoveToImmutable(), marks.MoveToImmutable()),
        };
    }

    private ref struct Writer(Span<byte> left)
    {
        private Span<byte> _left = left;

        public void U8(byte value)
        {
            _left[0] = value;
            _left = _left[1..];
        }

        public void U16(int value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_left, checked((ushort)value));
            _left = _left[2..];
        }

        public void I32(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_left, value);
            _left = _left[4..];
        }

        public void I64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_left, value);
            _left = _left[8..];
        }

        public void Tile(Tile tile)
        {
            U16(tile.X);
            U16(tile.Y);
        }

        public void Text(string text)
        {
            U16(Encoding.UTF8.GetByteCount(text));
            _left = _left[Encoding.UTF8.GetBytes(text, _left)..];
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> left)
    {
        private ReadOnlySpan<byte> _left = left;

        public byte U8() => Take(1)[0];

        public int U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

        public int I32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

        public Tile Tile() => new((ushort)U16(), (ushort)U16());

        public string Text() => Encoding.UTF8.GetString(Take(U16()));

        private ReadOnlySpan<byte> Take(int bytes)
        {
            var taken = _left[..bytes];
            _left = _left[bytes..];
            return taken;
        }
    }
}
