using System.Buffers.Binary;
using CsCheck;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Tests;

public sealed class CommandFrameTests
{
    private readonly Command[] _commands = new Command[ProtocolLimits.CommandsPerFrame];

    [Fact]
    public void Frame_OfAnyCommands_IsReadAsItWasWritten() => Gen.Select(Samples.AnyCommands, Samples.AnySequences).Sample(
        (commands, sequences) =>
        {
            using var signer = Page.Signer();
            var read = new Command[ProtocolLimits.CommandsPerFrame];
            var frame = Samples.Frame(signer, sequences.First, sequences.Received, commands);
            Assert.True(frame.Length <= ProtocolLimits.FrameBytes);
            Assert.Equal(FrameError.None, CommandFrame.TryDecode(frame, signer, read, out var header));
            Assert.Equal(new CommandFrameHeader(sequences.First, sequences.Received, commands.Length), header);
            Assert.Equal(commands, read[..header.Count]);
        },
        iter: 300);

    [Fact]
    public void Frame_WithAnyByteChangedOrCutAnywhere_IsAnError()
    {
        using var signer = Page.Signer();
        var frame = Page.Hex("batch");
        for (var i = 0; i < frame.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                frame[i] ^= (byte)(1 << bit);
                Assert.NotEqual(FrameError.None, CommandFrame.TryDecode(frame, signer, _commands, out _));
                frame[i] ^= (byte)(1 << bit);
            }

            Assert.NotEqual(FrameError.None, CommandFrame.TryDecode(frame.AsSpan(0, i), signer, _commands, out _));
        }

        Assert.Equal(FrameError.None, CommandFrame.TryDecode(frame, signer, _commands, out _));
    }

    [Fact]
    public void Frame_OfAnyBytesWithAGoodSignature_ThrowsNothing() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            using var signer = Page.Signer();
            var commands = new Command[ProtocolLimits.CommandsPerFrame];
            byte[] frame = [(byte)FrameType.Commands, .. bytes, .. new byte[ProtocolLimits.SignatureBytes]];
            signer.Sign(frame);
            CommandFrame.TryDecode(frame, signer, commands, out _);
            ResumeFrame.TryRead(frame, out _);
            WatchFrame.TryDecode(frame, signer, out _);
        },
        iter: 2000);

    [Fact]
    public void Frame_SignedWithAnotherKey_IsABadSignature()
    {
        using var other = new FrameSigner(new byte[ProtocolLimits.KeyBytes]);
        Assert.Equal(FrameError.BadSignature, CommandFrame.TryDecode(Page.Hex("move"), other, _commands, out _));
    }

    [Fact]
    public void Frame_OfAnotherType_DoesNotPassWithItsSignature()
    {
        using var signer = Page.Signer();
        Assert.Equal(FrameError.BadFrame, CommandFrame.TryDecode(Page.Hex("resume"), signer, _commands, out _));
        Assert.Equal(FrameError.BadFrame, WatchFrame.TryDecode(Page.Hex("move"), signer, out _));
        Assert.Equal(FrameError.BadFrame, ResumeFrame.TryRead(Page.Hex("move"), out _));
    }

    [Theory]
    [InlineData(0UL, 0UL)] // sequences start at 1
    [InlineData(ulong.MaxValue, 0UL)] // no room for the last
    [InlineData(5UL, 8UL)] // answers are confirmed that cannot have been given
    public void Frame_WithImpossibleSequences_IsABadSequence(ulong first, ulong received)
    {
        using var signer = Page.Signer();
        var frame = Samples.Frame(signer, first, received, Samples.Batch);
        Assert.Equal(FrameError.BadSequence, CommandFrame.TryDecode(frame, signer, _commands, out _));
    }

    [Theory]
    [InlineData(1, 0)] // no commands
    [InlineData(1, 65)] // too many
    [InlineData(1, 2)] // more than there are
    [InlineData(2, 1)] // a reserved byte
    [InlineData(20, 7)] // a command that does not exist
    [InlineData(20, 2)] // bytes behind the last command
    public void Frame_WithAWrongByteUnderAGoodSignature_IsABadFrame(int offset, byte value)
    {
        using var signer = Page.Signer();
        var frame = Page.Hex("move");
        frame[offset] = value;
        signer.Sign(frame);
        Assert.Equal(FrameError.BadFrame, CommandFrame.TryDecode(frame, signer, _commands, out _));
    }

    [Fact]
    public void Frame_LargerThanAllowed_IsABadFrame()
    {
        using var signer = Page.Signer();
        var frame = new byte[ProtocolLimits.FrameBytes + 1];
        frame[0] = (byte)FrameType.Commands;
        signer.Sign(frame);
        Assert.Equal(FrameError.BadFrame, CommandFrame.TryDecode(frame, signer, _commands, out _));
    }

    [Fact]
    public void DropClue_WithATextThatIsNoUtf8_LeavesTheOtherCommandsAsTheyAre()
    {
        using var signer = Page.Signer();
        var frame = Page.Hex("batch");
        frame[28] = 0xFF;
        signer.Sign(frame);
        Assert.Equal(FrameError.None, CommandFrame.TryDecode(frame, signer, _commands, out _));
        Assert.Equal([Command.Look, Command.DropClue(10, 13, null), Command.Dig(300, 65000)], _commands[..3]);
    }

    [Fact]
    public void DropClue_WithALongText_IsOneCommandWithoutAText()
    {
        using var signer = Page.Signer();
        var text = new byte[2000];
        text.AsSpan().Fill((byte)'a');
        byte[] frame = [2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 1, 0, 0, 0, .. text, .. new byte[16]];
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(25), (ushort)text.Length);
        signer.Sign(frame);
        Assert.Equal(FrameError.None, CommandFrame.TryDecode(frame, signer, _commands, out var header));
        Assert.Equal(1, header.Count);
        Assert.Equal(Command.DropClue(1, 1, null), _commands[0]);
    }

    [Fact]
    public void DropClue_WithATextThatBreaksTheRule_IsSentSoThatTheServerRefusesIt()
    {
        using var signer = Page.Signer();
        var frame = Samples.Frame(signer, 1, 0, [Command.DropClue(1, 1, "line\nbreak"), Command.DropClue(1, 1, "\ud800"), Command.DropClue(1, 1, null)]);
        Assert.Equal(FrameError.None, CommandFrame.TryDecode(frame, signer, _commands, out _));
        Assert.All(_commands[..3], command => Assert.Equal(Command.DropClue(1, 1, null), command));
    }

    [Fact]
    public void Decode_OfMoves_AllocatesNothing()
    {
        using var signer = Page.Signer();
        var frame = Page.Hex("move");
        CommandFrame.TryDecode(frame, signer, _commands, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            CommandFrame.TryDecode(frame, signer, _commands, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
