using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Json;
using Veltrix.Protocol.Rest;

namespace Veltrix.Protocol.Tests;

public sealed class JsonTests
{
    private readonly Command[] _commands = new Command[ProtocolLimits.CommandsPerFrame];

    [Fact]
    public void Page_JsonExamples_AreTheOnesThatAreTestedHere() => Assert.Equal(
        [
            "client array", "client dig", "client drop-clue", "client leave", "client look", "client move", "client resume", "client watch", "client where", "join",
            "server bad-text", "server busy", "server dig", "server drop-clue", "server enter", "server error", "server hunt", "server leave", "server left-view", "server look",
            "server look-nothing", "server move", "server moved", "server notice", "server refused", "server resumed", "server snapshot", "server where",
        ],
        Page.Names.Where(n => n.StartsWith("json ", StringComparison.Ordinal)).Select(n => n[5..]).Order(StringComparer.Ordinal));

    [Fact]
    public void Commands_OfThePage_AreRead()
    {
        AssertCommands("move", 7, 6, Command.Move(10, 12));
        AssertCommands("look", 8, 0, Command.Look);
        AssertCommands("drop-clue", 9, 8, Command.DropClue(10, 13, Samples.ClueText));
        AssertCommands("dig", 10, 0, Command.Dig(10, 13));
        AssertCommands("where", 11, 0, Command.Where);
        AssertCommands("leave", 12, 0, Command.Leave);
        AssertCommands("array", 7, 6, Command.Move(10, 12), Command.Look, Command.Dig(10, 13));
    }

    [Fact]
    public void Resume_OfThePage_IsRead()
    {
        Assert.Equal(FrameError.None, Decode(Page.Block("json client resume"), out var message));
        Assert.Equal(new ClientMessage(ClientMessageKind.Resume, default, new ResumeRequest(Samples.Token, 41, 0), false), message);
    }

    [Fact]
    public void Watch_OfThePage_IsRead()
    {
        Assert.Equal(FrameError.None, Decode(Page.Block("json client watch"), out var message));
        Assert.Equal(new ClientMessage(ClientMessageKind.Watch, default, default, true), message);
    }

    [Fact]
    public void Answers_OfThePage_AreWritten()
    {
        AssertWritten("move", w => JsonServerFrame.WriteAnswer(w, 7, Answer.Moved(10, 12)));
        AssertWritten("refused", w => JsonServerFrame.WriteAnswer(w, 7, Answer.Of(CommandKind.Move, ResultCode.Blocked)));
        AssertWritten("busy", w => JsonServerFrame.WriteAnswer(w, 7, Answer.Later(CommandKind.Move, ResultCode.Busy, 250)));
        AssertWritten("look", w => JsonServerFrame.WriteAnswer(w, 8, Answer.Saw(Samples.Seen)));
        AssertWritten("look-nothing", w => JsonServerFrame.WriteAnswer(w, 8, Answer.Saw(Sighting.Nothing)));
        AssertWritten("drop-clue", w => JsonServerFrame.WriteAnswer(w, 9, Answer.Of(CommandKind.DropClue, ResultCode.Ok)));
        AssertWritten("bad-text", w => JsonServerFrame.WriteAnswer(w, 9, Answer.Of(CommandKind.DropClue, ResultCode.BadText)));
        AssertWritten("dig", w => JsonServerFrame.WriteAnswer(w, 10, Answer.Dug(40, 17)));
        AssertWritten("where", w => JsonServerFrame.WriteAnswer(w, 11, Answer.Standing(10, 12, 40)));
        AssertWritten("leave", w => JsonServerFrame.WriteAnswer(w, 12, Answer.Of(CommandKind.Leave, ResultCode.Ok)));
    }

    [Fact]
    public void OtherMessages_OfThePage_AreWritten()
    {
        AssertWritten("resumed", w => JsonServerFrame.WriteResumed(w, new Resumed(42)));
        AssertWritten("snapshot", w => JsonServerFrame.WriteSnapshot(w, new Snapshot(42, 10, 12, SnapshotReason.FellBack)));
        AssertWritten("enter", w => JsonServerFrame.WriteEnter(w, [new SeenPlayer("bob", 10, 11)]));
        AssertWritten("moved", w => JsonServerFrame.WriteMoved(w, [new SeenPlayer("bob", 11, 11)]));
        AssertWritten("left-view", w => JsonServerFrame.WriteLeave(w, ["bob"]));
        AssertWritten("hunt", w => JsonServerFrame.WriteHunt(w, HuntState.Running));
        AssertWritten("notice", w => JsonServerFrame.WriteNotice(w, "Ten minutes to go."));
        AssertWritten("error", w => JsonServerFrame.WriteError(w, CloseCode.BadFrame, "A command lacks its seq."));
    }

    [Fact]
    public void Join_OfThePage_IsReadAndWritten()
    {
        var block = Page.Block("json join");
        var join = JsonSerializer.Deserialize(block, JoinJson.Default.JoinAnswer)!;
        Assert.Equal(Page.Key, Convert.FromBase64String(join.Key));
        Assert.Equal(Samples.Token, join.Token);
        using var expected = JsonDocument.Parse(block);
        using var written = JsonDocument.Parse(JsonSerializer.Serialize(join, JoinJson.Default.JoinAnswer));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, written.RootElement));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[[]]")]
    [InlineData("{\"seq\":7}")]
    [InlineData("{\"move\":{\"x\":1,\"y\":1}}")]
    [InlineData("{\"seq\":7,\"seq\":7,\"look\":{}}")]
    [InlineData("{\"seq\":7,\"look\":{},\"where\":{}}")]
    [InlineData("{\"seq\":7,\"look\":{\"far\":1}}")]
    [InlineData("{\"seq\":7,\"look\":null}")]
    [InlineData("{\"seq\":\"7\",\"look\":{}}")]
    [InlineData("{\"seq\":7.5,\"look\":{}}")]
    [InlineData("{\"seq\":-7,\"look\":{}}")]
    [InlineData("{\"seq\":7,\"fly\":{}}")]
    [InlineData("{\"seq\":7,\"move\":{\"x\":1}}")]
    [InlineData("{\"seq\":7,\"move\":{\"x\":1,\"y\":1,\"y\":2}}")]
    [InlineData("{\"seq\":7,\"move\":{\"x\":1,\"y\":\"1\"}}")]
    [InlineData("{\"seq\":7,\"move\":{\"x\":1,\"y\":1.5}}")]
    [InlineData("{\"seq\":7,\"move\":{\"x\":1,\"y\":1,\"text\":\"a\"}}")]
    [InlineData("{\"seq\":7,\"drop-clue\":{\"x\":1,\"y\":1}}")]
    [InlineData("{\"seq\":7,\"drop-clue\":{\"x\":1,\"y\":1,\"text\":5}}")]
    [InlineData("{\"seq\":7,\"look\":{}} {\"seq\":8,\"look\":{}}")]
    [InlineData("{\"seq\":7,\"look\":{}")]
    [InlineData("{\"seq\":7,\"look\":{},}")]
    [InlineData("{\"seq\":7,/* no */\"look\":{}}")]
    [InlineData("{\"seq\":7,\"watch\":true}")]
    [InlineData("{\"watch\":1}")]
    [InlineData("{\"resume\":{}}")]
    [InlineData("{\"resume\":{\"token\":\"\"}}")]
    [InlineData("{\"resume\":{\"token\":\"with space\"}}")]
    [InlineData("{\"resume\":{\"token\":\"a\",\"key\":\"b\"}}")]
    [InlineData("[{\"resume\":{\"token\":\"a\"}}]")]
    [InlineData("[{\"seq\":7,\"look\":{}},{\"watch\":true}]")]
    public void Message_NotAsThePageSays_IsABadFrame(string json)
    {
        Assert.Equal(FrameError.BadFrame, Decode(json, out var message));
        Assert.Equal(default, message);
    }

    [Theory]
    [InlineData("{\"seq\":0,\"look\":{}}")]
    [InlineData("{\"seq\":7,\"ack\":8,\"look\":{}}")]
    [InlineData("[{\"seq\":7,\"look\":{}},{\"seq\":9,\"look\":{}}]")]
    [InlineData("[{\"seq\":7,\"look\":{}},{\"seq\":7,\"look\":{}}]")]
    public void Message_WithImpossibleSequences_IsABadSequence(string json) => Assert.Equal(FrameError.BadSequence, Decode(json, out _));

    [Theory]
    [InlineData("-1", "5")]
    [InlineData("5", "65535")]
    [InlineData("70000", "-2000000000")]
    public void Tile_ThatNoMapCanHave_IsOffTheMap(string x, string y)
    {
        Assert.Equal(FrameError.None, Decode($"{{\"seq\":7,\"move\":{{\"x\":{x},\"y\":{y}}}}}", out _));
        Assert.Equal(Command.Move(ProtocolLimits.OffMap, ProtocolLimits.OffMap), _commands[0]);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\\nb\"")]
    public void Text_ThatBreaksTheRule_IsACommandWithoutAText(string text)
    {
        Assert.Equal(FrameError.None, Decode($"{{\"seq\":7,\"drop-clue\":{{\"x\":1,\"y\":1,\"text\":{text}}}}}", out _));
        Assert.Equal(Command.DropClue(1, 1, null), _commands[0]);
    }

    [Fact]
    public void Text_OfTheMostCharactersAllEscaped_IsRead()
    {
        var escaped = string.Concat(Enumerable.Repeat("\\ud83c\\udf33", ProtocolLimits.TextCharacters));
        Assert.Equal(FrameError.None, Decode($"{{\"seq\":7,\"drop-clue\":{{\"x\":1,\"y\":1,\"text\":\"{escaped}\"}}}}", out _));
        Assert.Equal(string.Concat(Enumerable.Repeat("\U0001F333", ProtocolLimits.TextCharacters)), _commands[0].Text);
        Assert.Equal(FrameError.None, Decode($"{{\"seq\":7,\"drop-clue\":{{\"x\":1,\"y\":1,\"text\":\"{new string('a', 5000)}\"}}}}", out _));
        Assert.Null(_commands[0].Text);
    }

    [Fact]
    public void Array_OfMoreCommandsThanAllowed_IsABadFrame()
    {
        static string Looks(int count) => "[" + string.Join(',', Enumerable.Range(1, count).Select(i => $"{{\"seq\":{i},\"look\":{{}}}}")) + "]";
        Assert.Equal(FrameError.None, Decode(Looks(64), out var message));
        Assert.Equal(new CommandFrameHeader(1, 0, 64), message.Header);
        Assert.Equal(FrameError.BadFrame, Decode(Looks(65), out _));
    }

    [Fact]
    public void Message_WithAnyByteChangedOrCutAnywhere_ThrowsNothing()
    {
        foreach (var name in Page.Names.Where(n => n.StartsWith("json client", StringComparison.Ordinal)))
        {
            var utf8 = Encoding.UTF8.GetBytes(Page.Block(name));
            for (var i = 0; i < utf8.Length; i++)
            {
                Assert.NotEqual(FrameError.None, JsonClientFrame.TryDecode(utf8.AsSpan(0, i), _commands, out _));
                for (var bit = 0; bit < 8; bit++)
                {
                    utf8[i] ^= (byte)(1 << bit);
                    JsonClientFrame.TryDecode(utf8, _commands, out _);
                    utf8[i] ^= (byte)(1 << bit);
                }
            }
        }
    }

    [Fact]
    public void Answer_OfAnyKind_IsWrittenAsValidJson() => Samples.AnyAnswer.Sample(
        answer =>
        {
            using var document = JsonDocument.Parse(Write(w => JsonServerFrame.WriteAnswer(w, 7, answer)));
            Assert.Equal(ResultNames.Of(answer.Result), document.RootElement.GetProperty("result").GetString());
            Assert.Equal(JsonValueKind.Object, document.RootElement.GetProperty(CommandNames.Of(answer.Kind)).ValueKind);
        },
        iter: 200);

    private FrameError Decode(string json, out ClientMessage message) => JsonClientFrame.TryDecode(Encoding.UTF8.GetBytes(json), _commands, out message);

    private void AssertCommands(string block, ulong first, ulong received, params Command[] commands)
    {
        Assert.Equal(FrameError.None, Decode(Page.Block("json client " + block), out var message));
        Assert.Equal(new ClientMessage(ClientMessageKind.Commands, new CommandFrameHeader(first, received, commands.Length), default, false), message);
        Assert.Equal(commands, _commands[..commands.Length]);
    }

    private static void AssertWritten(string block, Action<Utf8JsonWriter> write) => Assert.Equal(Page.Block("json server " + block), Write(write));

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, JsonServerFrame.WriterOptions);
        write(writer);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
