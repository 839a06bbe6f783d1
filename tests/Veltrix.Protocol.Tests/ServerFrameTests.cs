using CsCheck;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Tests;

public sealed class ServerFrameTests
{
    [Fact]
    public void Answers_OfAnyKind_AreReadAsTheyWereWritten() => Gen.Select(Samples.AnyAnswer.Array[1, 64], Gen.ULong[1, ulong.MaxValue - 100]).Sample(
        (answers, first) =>
        {
            var names = new NameCache();
            var buffer = new byte[ProtocolLimits.FrameBytes];
            var read = new Answer[ProtocolLimits.CommandsPerFrame];
            var done = 0;
            while (done < answers.Length)
            {
                var length = AnswerFrame.Write(buffer, first + (ulong)done, answers.AsSpan(done), out var taken);
                Assert.True(taken > 0);
                Assert.True(AnswerFrame.TryRead(buffer.AsSpan(0, length), names, read, out var readFirst, out var count));
                Assert.Equal((first + (ulong)done, taken), (readFirst, count));
                for (var i = 0; i < count; i++)
                {
                    Samples.AssertSame(answers[done + i], read[i]);
                }

                done += taken;
            }
        },
        iter: 100);

    [Fact]
    public void Answers_ThatDoNotFitIntoOneFrame_AreWrittenAsFarAsTheyFit()
    {
        var look = Answer.Saw(Largest());
        Assert.Equal(AnswerFrame.MostAnswerBytes, AnswerFrame.Measure(look));
        var buffer = new byte[ProtocolLimits.FrameBytes];
        AnswerFrame.Write(buffer, 1, [look, look, look, look], out var taken);
        Assert.Equal((ProtocolLimits.FrameBytes - AnswerFrame.HeaderBytes) / AnswerFrame.MostAnswerBytes, taken);
        Assert.Equal(0, AnswerFrame.Write(new byte[AnswerFrame.MostAnswerBytes], 1, [look], out taken));
        Assert.Equal(0, taken);
    }

    [Fact]
    public void Answers_WithListsThatAreTooLong_AreCut()
    {
        var players = new SeenPlayer[200];
        Array.Fill(players, new SeenPlayer("bob", 1, 1));
        var buffer = new byte[ProtocolLimits.FrameBytes];
        var length = AnswerFrame.Write(buffer, 1, [Answer.Saw(new Sighting { PlayersTotal = 100_000, Players = players })], out _);
        var read = new Answer[ProtocolLimits.CommandsPerFrame];
        Assert.True(AnswerFrame.TryRead(buffer.AsSpan(0, length), new NameCache(), read, out _, out _));
        Assert.Equal(ushort.MaxValue, read[0].Seen!.PlayersTotal);
        Assert.Equal(ProtocolLimits.PlayersListed, read[0].Seen!.Players.Length);
    }

    [Theory]
    [InlineData("answers")]
    [InlineData("resumed")]
    [InlineData("snapshot")]
    [InlineData("enter")]
    [InlineData("moved")]
    [InlineData("leave-view")]
    [InlineData("hunt")]
    [InlineData("notice")]
    [InlineData("error")]
    public void Frame_CutAnywhereOrWithMoreBehind_IsNotRead(string vector)
    {
        var frame = Page.Hex(vector);
        for (var i = 0; i < frame.Length; i++)
        {
            Assert.False(ReadAny(frame.AsSpan(0, i)));
        }

        Assert.True(ReadAny(frame));
        Assert.False(ReadAny([.. frame, 0]));
    }

    [Fact]
    public void Frame_OfAnyBytes_ThrowsNothing() => Gen.Select(Gen.Byte[0x80, 0x8A], Gen.Byte.Array[0, 200]).Sample(
        (type, bytes) => { ReadAny([type, .. bytes]); },
        iter: 5000);

    [Fact]
    public void Sentence_ThatIsTooLong_IsCutBetweenCharacters()
    {
        var buffer = new byte[ServerFrames.MostBytes];
        var length = ServerFrames.WriteError(buffer, CloseCode.Internal, "a" + string.Concat(Enumerable.Repeat("\U0001F333", 400)));
        Assert.True(ServerFrames.TryReadError(buffer.AsSpan(0, length), out _, out var sentence));
        Assert.Equal("a" + string.Concat(Enumerable.Repeat("\U0001F333", 249)), sentence);
    }

    [Fact]
    public void NameCache_ForTheSameName_GivesTheSameString()
    {
        var names = new NameCache();
        Assert.Same(names.Get("bob"u8), names.Get("bob"u8));
        Assert.Equal("", names.Get(""u8));
        Assert.Equal("bob2", names.Get("bob2"u8));
    }

    private static bool ReadAny(ReadOnlySpan<byte> frame)
    {
        var names = new NameCache();
        return AnswerFrame.TryRead(frame, names, new Answer[64], out _, out _)
            | ServerFrames.TryReadResumed(frame, out _) | ServerFrames.TryReadSnapshot(frame, out _) | ServerFrames.TryReadHunt(frame, out _)
            | ServerFrames.TryReadNotice(frame, out _) | ServerFrames.TryReadError(frame, out _, out _)
            | ViewFrames.TryReadEnter(frame, names, new Entered[64], out _) | ViewFrames.TryReadMoved(frame, new Walked[64], out _)
            | ViewFrames.TryReadLeave(frame, new ushort[64], out _);
    }

    private static Sighting Largest()
    {
        var name = new string('n', ProtocolLimits.NameCharacters);
        return new Sighting
        {
            Players = Enumerable.Repeat(new SeenPlayer(name, 1, 2), ProtocolLimits.PlayersListed).ToArray(),
            Clues = Enumerable.Repeat(new SeenClue(1, 2, name, string.Concat(Enumerable.Repeat("\U0001F333", ProtocolLimits.TextCharacters))), ProtocolLimits.CluesListed).ToArray(),
            Marks = Enumerable.Repeat(new SeenMark(1, 2), ProtocolLimits.MarksListed).ToArray(),
        };
    }
}
