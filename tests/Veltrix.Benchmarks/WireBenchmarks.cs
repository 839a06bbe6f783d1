using System.Buffers;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Json;

namespace Veltrix.Benchmarks;

/// <summary>
/// What the bytes of a frame cost the gateway: a frame of commands read, its signature checked, and the frame of their answers written; and the
/// same in the JSON twin, which is not signed. One command is a move; eight have a look among them; 64 are nearly the reference mix.
/// </summary>
public class WireBenchmarks
{
    private const ulong First = 1_000_001;
    private const string Clue = "Count nine steps north of the old mill.";
    private readonly FrameSigner _signer = new(new byte[ProtocolLimits.KeyBytes]);
    private readonly Command[] _read = new Command[ProtocolLimits.CommandsPerFrame];
    private readonly byte[] _written = new byte[ProtocolLimits.FrameBytes];
    private readonly ArrayBufferWriter<byte> _text = new(ProtocolLimits.FrameBytes);
    private Utf8JsonWriter _json = null!;
    private byte[] _binaryFrame = [];
    private byte[] _jsonFrame = [];
    private Answer[] _answers = [];

    /// <summary>How many commands or answers the frame has.</summary>
    [Params(1, 8, 64)]
    public int Commands { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var commands = new Command[Commands];
        _answers = new Answer[Commands];
        for (var i = 0; i < Commands; i++)
        {
            (commands[i], _answers[i]) = (i % 16) switch
            {
                7 => (Command.Look, Answer.Saw(Sight())),
                11 => (Command.DropClue(512, 300, Clue), Answer.Of(CommandKind.DropClue, ResultCode.Ok)),
                15 => (Command.Dig(512, 300), Answer.Of(CommandKind.Dig, ResultCode.Empty)),
                _ => (Command.Move((ushort)(512 + i), 300), Answer.Moved((ushort)(512 + i), 300)),
            };
        }

        _binaryFrame = new byte[CommandFrame.Measure(commands)];
        CommandFrame.Write(_binaryFrame, _signer, First, First - 1, commands);
        _jsonFrame = Json(commands);
        _json = new Utf8JsonWriter(_text, JsonServerFrame.WriterOptions);
        if (DecodeCommands() is not FrameError.None || DecodeCommandsJson() is not FrameError.None)
        {
            throw new InvalidOperationException("A frame of this benchmark is none.");
        }
    }

    [Benchmark]
    public FrameError DecodeCommands() => CommandFrame.TryDecode(_binaryFrame, _signer, _read, out _);

    [Benchmark]
    public FrameError DecodeCommandsJson() => JsonClientFrame.TryDecode(_jsonFrame, _read, out _);

    [Benchmark]
    public int EncodeAnswers() => AnswerFrame.Write(_written, First, _answers, out _);

    [Benchmark]
    public int EncodeAnswersJson()
    {
        // A message an answer, as the gateway sends them.
        var bytes = 0;
        for (var i = 0; i < _answers.Length; i++)
        {
            _text.ResetWrittenCount();
            _json.Reset();
            JsonServerFrame.WriteAnswer(_json, First + (ulong)i, in _answers[i]);
            _json.Flush();
            bytes += _text.WrittenCount;
        }

        return bytes;
    }

    // Eight players, two clues and a hole: what a look sees where some people are.
    private static Sighting Sight() => new()
    {
        PlayersTotal = 8,
        Players = Enumerable.Range(0, 8).Select(i => new SeenPlayer($"player-{i}", (ushort)(508 + i), 301)).ToArray(),
        CluesTotal = 2,
        Clues = new SeenClue[] { new(511, 299, "player-2", Clue), new(514, 303, "player-5", Clue) },
        MarksTotal = 1,
        Marks = new SeenMark[] { new(510, 300) },
    };

    private static byte[] Json(Command[] commands)
    {
        var messages = commands.Select((command, i) => command.Kind switch
        {
            CommandKind.Look => $$"""{"seq":{{First + (ulong)i}},"look":{ } }""",
            CommandKind.DropClue => $$"""{"seq":{{First + (ulong)i}},"drop-clue":{"x":{{command.X}},"y":{{command.Y}},"text":"{{command.Text}}" } }""",
            _ => $$"""{"seq":{{First + (ulong)i}},"{{CommandNames.Of(command.Kind)}}":{"x":{{command.X}},"y":{{command.Y}} } }""",
        });
        return Encoding.UTF8.GetBytes($"[{string.Join(',', messages)}]");
    }
}
