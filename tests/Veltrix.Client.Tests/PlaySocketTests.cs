using System.Buffers.Binary;
using CsCheck;
using Veltrix.Protocol;

namespace Veltrix.Client.Tests;

/// <summary>The WebSocket of the client's own, fed with a server's bytes in pieces of any size.</summary>
public sealed class PlaySocketTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_InPiecesOfAnySize_AreReadAsTheyWereSent() => await Gen.Select(
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 4]).Array[1, 12], Gen.Int[1, 900], Gen.Int[0, 200]).SampleAsync(
        async (messages, piece, early) =>
        {
            var sent = messages.Select((m, i) => Bytes(m.Item1, i)).ToList();
            var wire = messages.SelectMany((m, i) => Fragments(sent[i], m.Item2)).ToArray();
            early = Math.Min(early, wire.Length);
            var stream = new ScriptedStream(wire[early..], piece);
            using var socket = new PlaySocket(stream, wire[..early]);
            foreach (var message in sent)
            {
                Assert.Equal(message, (await socket.ReceiveAsync()).ToArray());
            }
        },
        iter: 100);

    [Theory]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task Message_Sent_IsMaskedAndWhole(int length)
    {
        var stream = new ScriptedStream([], 1);
        using var socket = new PlaySocket(stream, []);
        var message = Bytes(length, 7);
        byte[] buffer = [.. new byte[PlaySocket.Headroom], .. message];
        await socket.SendAsync(buffer, length, Ended);
        var (opcode, payload) = Unmask(stream.Written.ToArray());
        Assert.Equal(2, opcode);
        Assert.Equal(message, payload);
    }

    [Fact]
    public async Task Masks_OfManyMessages_Differ()
    {
        var masks = new HashSet<uint>();
        for (var i = 0; i < 300; i++)
        {
            var stream = new ScriptedStream([], 1);
            using var socket = new PlaySocket(stream, []);
            await socket.SendAsync(new byte[PlaySocket.Headroom + 1], 1, Ended);
            masks.Add(BinaryPrimitives.ReadUInt32LittleEndian(stream.Written.ToArray().AsSpan(2)));
        }

        Assert.Equal(300, masks.Count);
    }

    [Fact]
    public async Task Ping_BetweenFragments_IsAnswered()
    {
        byte[] wire = [0x02, 1, 11, 0x89, 2, 5, 6, 0x8A, 0, 0x80, 1, 12];
        var stream = new ScriptedStream(wire, 3);
        using var socket = new PlaySocket(stream, []);
        Assert.Equal([11, 12], (await socket.ReceiveAsync(Ended)).ToArray());
        var (opcode, payload) = Unmask(stream.Written.ToArray());
        Assert.Equal(10, opcode);
        Assert.Equal([5, 6], payload);
    }

    [Fact]
    public async Task Close_OfTheServer_IsAnsweredOnceAndTold()
    {
        byte[] wire = [0x88, 8, 0x0F, 0xA7, .. "ending"u8];
        var stream = new ScriptedStream(wire, 100);
        using var socket = new PlaySocket(stream, []);
        Assert.True((await socket.ReceiveAsync(Ended)).IsEmpty);
        Assert.Equal((4007, "ending"), (socket.CloseStatus, socket.CloseReason));
        await socket.CloseAsync(Ended);
        var (opcode, payload) = Unmask(stream.Written.ToArray());
        Assert.Equal(8, opcode);
        Assert.Equal([0x03, 0xE8], payload);
    }

    [Fact]
    public async Task Connection_ThatEnds_IsALoss()
    {
        using var socket = new PlaySocket(new ScriptedStream([0x82, 5, 1, 2], 100), []);
        await Assert.ThrowsAsync<IOException>(async () => await socket.ReceiveAsync(Ended));
        Assert.Equal(1006, socket.CloseStatus);
    }

    [Theory]
    [InlineData("8281")] // masked
    [InlineData("C20101")] // a reserved bit
    [InlineData("830101")] // an unknown opcode
    [InlineData("8B00")] // an unknown control opcode
    [InlineData("0900")] // a fragmented ping
    [InlineData("897E0080")] // a long ping
    [InlineData("800101")] // a continuation of nothing
    [InlineData("020101820101")] // a message inside of another
    [InlineData("8200")] // nothing
    [InlineData("827F0000000000010001")] // longer than allowed
    [InlineData("827FFFFFFFFFFFFFFFFF")]
    public async Task Bytes_ThatAreNoWebSocket_AreALoss(string hex)
    {
        using var socket = new PlaySocket(new ScriptedStream(Convert.FromHexString(hex), 100), []);
        await Assert.ThrowsAsync<IOException>(async () => await socket.ReceiveAsync(Ended));
    }

    [Fact]
    public async Task Fragments_OfMoreThanAMessageMayHave_AreALoss()
    {
        var wire = Fragments(new byte[ProtocolLimits.FrameBytes + 1], 3).ToArray();
        using var socket = new PlaySocket(new ScriptedStream(wire, 10_000), []);
        await Assert.ThrowsAsync<IOException>(async () => await socket.ReceiveAsync(Ended));
    }

    [Fact]
    public async Task Bytes_OfAnyKind_AreMessagesOrALoss() => await Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[1, 50]).SampleAsync(
        async (bytes, piece) =>
        {
            using var socket = new PlaySocket(new ScriptedStream(bytes, piece), []);
            try
            {
                while (!(await socket.ReceiveAsync()).IsEmpty)
                {
                    // A message by chance.
                }
            }
            catch (IOException)
            {
                // What else.
            }
        },
        iter: 2000);

    private static byte[] Bytes(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) + seed))];

    private static IEnumerable<byte> Fragments(byte[] message, int count)
    {
        var size = Math.Max(1, (message.Length + count - 1) / count);
        for (var at = 0; at < message.Length; at += size)
        {
            var part = message[at..Math.Min(at + size, message.Length)];
            var first = (byte)((at == 0 ? 2 : 0) | (at + size >= message.Length ? 0x80 : 0));
            byte[] length = part.Length < 126 ? [(byte)part.Length] : [126, (byte)(part.Length >> 8), (byte)part.Length];
            foreach (var unit in (byte[])[first, .. length, .. part])
            {
                yield return unit;
            }
        }
    }

    private static (int Opcode, byte[] Payload) Unmask(byte[] frame)
    {
        Assert.Equal(0x80, frame[0] & 0xF0);
        Assert.Equal(0x80, frame[1] & 0x80);
        var (header, length) = (frame[1] & 0x7F) switch
        {
            126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2))),
            127 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(2))),
            var small => (2, small),
        };
        Assert.Equal(header + 4 + length, frame.Length);
        var payload = frame[(header + 4)..];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= frame[header + (i & 3)];
        }

        return (frame[0] & 0x0F, payload);
    }

    /// <summary>Gives its bytes in pieces, then ends; keeps what is written.</summary>
    private sealed class ScriptedStream(byte[] script, int piece) : Stream
    {
        private int _given;

        public MemoryStream Written { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var taken = Math.Min(Math.Min(piece, count), script.Length - _given);
            script.AsSpan(_given, taken).CopyTo(buffer.AsSpan(offset));
            _given += taken;
            return taken;
        }

        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var taken = Math.Min(Math.Min(piece, buffer.Length), script.Length - _given);
            script.AsSpan(_given, taken).CopyTo(buffer.Span);
            _given += taken;
            return ValueTask.FromResult(taken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
