using CsCheck;
using Veltrix.Contracts;
using Veltrix.Grains.Players;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Players;

public sealed class AnswerCodecTests
{
    // What version 1 wrote. It is read for ever: never change these bytes to make the test pass.
    private const string Golden =
        "010300" +
        "01000C00220000000000000000000000000000000000" + "00" +
        "040007000800FFFFFFFFFFFFFF7F2A00000000000000" + "00" +
        "0200010002000000000000000000000000000000000001" +
        "460000000200000001000000" +
        "0100" + "03000400" + "0300" + "616461" +
        "0100" + "05000600" + "0300" + "626F62" + "0500" + "6772C3BC6E" +
        "0100" + "09000A00";

    private static readonly CommandAnswer[] GoldenAnswers =
    [
        new(CommandKind.Move, CommandResult.Ok, new Tile(12, 34)),
        new(CommandKind.Dig, CommandResult.Ok, new Tile(7, 8), long.MaxValue, 42),
        new(CommandKind.Look, CommandResult.Ok, new Tile(1, 2), Seen: new Sighting(
            70, 2, 1,
            [new SeenPlayer(new PlayerId("ada"), new Tile(3, 4))],
            [new SeenClue(new Tile(5, 6), new PlayerId("bob"), "grün")],
            [new Tile(9, 10)])),
    ];

    private static readonly Gen<Tile> AnyTile = Gen.Select(Gen.UShort, Gen.UShort, static (x, y) => new Tile(x, y));
    private static readonly Gen<string> AnyText = Gen.String[0, 20].Select(static text => text.Replace('\0', 'x')).Where(static text =>
        !text.Any(char.IsSurrogate));

    private static readonly Gen<Sighting> AnySighting = Gen.Select(
        Gen.Int[0, 1000],
        Gen.Select(AnyText, AnyTile, static (name, tile) => new SeenPlayer(new PlayerId(name), tile)).Array[0, 5],
        Gen.Select(AnyTile, AnyText, AnyText, static (tile, name, text) => new SeenClue(tile, new PlayerId(name), text)).Array[0, 5],
        AnyTile.Array[0, 5],
        static (count, players, clues, marks) => new Sighting(count, count + 1, count + 2, [.. players], [.. clues], [.. marks]));

    private static readonly Gen<CommandAnswer> AnyAnswer = Gen.Select(
        Gen.Int[1, 6], Gen.Int[0, 11], AnyTile, Gen.Long, Gen.Int, Gen.Bool, AnySighting,
        static (kind, result, tile, points, number, looks, seen) => new CommandAnswer(
            (CommandKind)kind, (CommandResult)result, tile, points, number, number, looks ? seen : null));

    [Fact]
    public void Encode_KnownAnswers_WritesTheBytesOfVersionOne() =>
        Assert.Equal(Golden, Convert.ToHexString(AnswerCodec.Encode(WindowOf(GoldenAnswers)).Span));

    [Fact]
    public void Decode_BytesOfVersionOne_ReadsThem()
    {
        var window = new AnswerWindow();
        AnswerCodec.Decode(Convert.FromHexString(Golden), applied: 10, window);

        Assert.Equal((8UL, 10UL), (window.First, window.Last));
        Assert.Equal(GoldenAnswers.Select(Show), window.After(0).Select(Show));
    }

    [Fact]
    public void Decode_AnyAnswers_ReadsWhatWasWritten() => AnyAnswer.Array[0, 20].Sample(answers =>
    {
        var window = new AnswerWindow();
        AnswerCodec.Decode(AnswerCodec.Encode(WindowOf(answers)).Span, (ulong)answers.Length, window);

        Assert.Equal(answers.Select(Show), window.After(0).Select(Show));
    });

    [Fact]
    public void Decode_BytesCutShort_SaysSo()
    {
        var whole = Convert.FromHexString(Golden);
        for (var length = 1; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => AnswerCodec.Decode(whole.AsSpan(0, length), 10, new AnswerWindow()));
        }
    }

    [Fact]
    public void Decode_NewerVersion_SaysSo()
    {
        var broken = Assert.Throws<InvalidDataException>(() => AnswerCodec.Decode([2, 0, 0], 10, new AnswerWindow()));
        Assert.Contains("version 2", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_MoreThanTheLimit_KeepsTheNewest()
    {
        var crowd = new Sighting(
            64, 0, 0, [.. Enumerable.Range(0, 64).Select(i => new SeenPlayer(new PlayerId(new string('x', 32)), new Tile(1, 1)))], [], []);
        var answers = Enumerable.Range(1, 1024).Select(i => new CommandAnswer(CommandKind.Look, CommandResult.Ok, Points: i, Seen: crowd)).ToArray();

        var encoded = AnswerCodec.Encode(WindowOf(answers));
        var window = new AnswerWindow();
        AnswerCodec.Decode(encoded.Span, 1024, window);

        Assert.InRange(encoded.Length, AnswerCodec.MaxBytes - 4096, AnswerCodec.MaxBytes);
        Assert.Equal(1024UL, window.Last);
        Assert.Equal(1024, window.Of(1024).Points);
        Assert.InRange(window.Count, 50, 150);
    }

    private static AnswerWindow WindowOf(IEnumerable<CommandAnswer> answers)
    {
        var window = new AnswerWindow();
        foreach (var answer in answers)
        {
            window.Add(answer);
        }

        return window;
    }

    // A sighting compares its lists by reference: the text has their content.
    private static string Show(CommandAnswer answer) => answer.Seen is { } seen
        ? $"{answer with { Seen = null }} {seen.PlayerCount} {seen.ClueCount} {seen.MarkCount} {string.Join(',', seen.Players)} {string.Join(',', seen.Clues)} {string.Join(',', seen.Marks)}"
        : answer.ToString();
}
