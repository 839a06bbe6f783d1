using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Tests;

/// <summary>Each binary vector of PROTOCOL.md, written and read.</summary>
public sealed class BinaryVectorTests
{
    private readonly FrameSigner _signer = Page.Signer();
    private readonly NameCache _names = new();
    private readonly byte[] _buffer = new byte[ProtocolLimits.FrameBytes];

    [Fact]
    public void Page_BinaryVectors_AreTheOnesThatAreTestedHere() => Assert.Equal(
        ["answers", "answers-bare", "batch", "enter", "error", "hunt", "leave-view", "move", "moved", "notice", "resume", "resumed", "snapshot", "watch", "where-leave", "wrong-signature"],
        Page.Names.Where(n => n.StartsWith("hex ", StringComparison.Ordinal)).Select(n => n[4..]).Order(StringComparer.Ordinal));

    [Fact]
    public void Resume_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("resume");
        var request = new ResumeRequest(Samples.Token, 41, 2);
        AssertBytes(vector, ResumeFrame.Write(_buffer, _signer, request));
        Assert.Equal(vector.Length, ResumeFrame.Measure(Samples.Token));
        Assert.Equal(FrameError.None, ResumeFrame.TryRead(vector, out var read));
        Assert.Equal(request, read);
        Assert.True(_signer.Verify(vector));
    }

    [Fact]
    public void Move_Vector_IsWrittenAndRead() => AssertCommands("move", 7, 6, [Command.Move(10, 12)]);

    [Fact]
    public void Batch_Vector_IsWrittenAndRead() => AssertCommands("batch", 8, 7, Samples.Batch);

    [Fact]
    public void WhereAndLeave_Vector_IsWrittenAndRead() => AssertCommands("where-leave", 1UL << 32, (1UL << 32) - 1, [Command.Where, Command.Leave]);

    [Fact]
    public void Watch_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("watch");
        AssertBytes(vector, WatchFrame.Write(_buffer, _signer, on: true));
        Assert.Equal(FrameError.None, WatchFrame.TryDecode(vector, _signer, out var on));
        Assert.True(on);
    }

    [Fact]
    public void WrongSignature_Vector_IsABadSignature()
    {
        var commands = new Command[ProtocolLimits.CommandsPerFrame];
        Assert.Equal(FrameError.BadSignature, CommandFrame.TryDecode(Page.Hex("wrong-signature"), _signer, commands, out _));
    }

    [Fact]
    public void Answers_Vector_IsWrittenAndRead() => AssertAnswers("answers", 7, Samples.Answers);

    [Fact]
    public void BareAnswers_Vector_IsWrittenAndRead() =>
        AssertAnswers("answers-bare", 18, [Answer.Of(CommandKind.DropClue, ResultCode.BadText), Answer.Saw(Sighting.Nothing)]);

    [Fact]
    public void Resumed_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("resumed");
        AssertBytes(vector, ServerFrames.WriteResumed(_buffer, new Resumed(42)));
        Assert.True(ServerFrames.TryReadResumed(vector, out var read));
        Assert.Equal(new Resumed(42), read);
    }

    [Fact]
    public void Snapshot_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("snapshot");
        var snapshot = new Snapshot(42, 10, 12, SnapshotReason.FellBack);
        AssertBytes(vector, ServerFrames.WriteSnapshot(_buffer, snapshot));
        Assert.True(ServerFrames.TryReadSnapshot(vector, out var read));
        Assert.Equal(snapshot, read);
    }

    [Fact]
    public void Enter_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("enter");
        AssertBytes(vector, ViewFrames.WriteEnter(_buffer, [new Entered(3, 10, 11, "bob")]));
        var read = new Entered[ProtocolLimits.PlayersListed];
        Assert.True(ViewFrames.TryReadEnter(vector, _names, read, out var count));
        Assert.Equal([new Entered(3, 10, 11, "bob")], read[..count]);
    }

    [Fact]
    public void Moved_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("moved");
        Walked[] walked = [new(3, 11, 11), new(4, 9, 9)];
        AssertBytes(vector, ViewFrames.WriteMoved(_buffer, walked));
        var read = new Walked[ProtocolLimits.PlayersListed];
        Assert.True(ViewFrames.TryReadMoved(vector, read, out var count));
        Assert.Equal(walked, read[..count]);
    }

    [Fact]
    public void LeaveView_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("leave-view");
        AssertBytes(vector, ViewFrames.WriteLeave(_buffer, [3]));
        var read = new ushort[ProtocolLimits.PlayersListed];
        Assert.True(ViewFrames.TryReadLeave(vector, read, out var count));
        Assert.Equal([3], read[..count]);
    }

    [Fact]
    public void Hunt_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("hunt");
        AssertBytes(vector, ServerFrames.WriteHunt(_buffer, HuntState.Running));
        Assert.True(ServerFrames.TryReadHunt(vector, out var state));
        Assert.Equal(HuntState.Running, state);
    }

    [Fact]
    public void Notice_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("notice");
        AssertBytes(vector, ServerFrames.WriteNotice(_buffer, "Ten minutes to go."));
        Assert.True(ServerFrames.TryReadNotice(vector, out var sentence));
        Assert.Equal("Ten minutes to go.", sentence);
    }

    [Fact]
    public void Error_Vector_IsWrittenAndRead()
    {
        var vector = Page.Hex("error");
        AssertBytes(vector, ServerFrames.WriteError(_buffer, CloseCode.BadSequence, "Sequence 9 is missing."));
        Assert.True(ServerFrames.TryReadError(vector, out var code, out var sentence));
        Assert.Equal((CloseCode.BadSequence, "Sequence 9 is missing."), (code, sentence));
    }

    private void AssertCommands(string name, ulong first, ulong received, Command[] commands)
    {
        var vector = Page.Hex(name);
        AssertBytes(vector, CommandFrame.Write(_buffer, _signer, first, received, commands));
        Assert.Equal(vector.Length, CommandFrame.Measure(commands));
        var read = new Command[ProtocolLimits.CommandsPerFrame];
        Assert.Equal(FrameError.None, CommandFrame.TryDecode(vector, _signer, read, out var header));
        Assert.Equal(new CommandFrameHeader(first, received, commands.Length), header);
        Assert.Equal(commands, read[..header.Count]);
    }

    private void AssertAnswers(string name, ulong first, Answer[] answers)
    {
        var vector = Page.Hex(name);
        AssertBytes(vector, AnswerFrame.Write(_buffer, first, answers, out var taken));
        Assert.Equal(answers.Length, taken);
        var read = new Answer[ProtocolLimits.CommandsPerFrame];
        Assert.True(AnswerFrame.TryRead(vector, _names, read, out var readFirst, out var count));
        Assert.Equal((first, answers.Length), (readFirst, count));
        for (var i = 0; i < count; i++)
        {
            Samples.AssertSame(answers[i], read[i]);
        }
    }

    private void AssertBytes(byte[] expected, int length) => Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(_buffer.AsSpan(0, length)));
}
