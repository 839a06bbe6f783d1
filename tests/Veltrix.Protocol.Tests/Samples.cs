using CsCheck;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Tests;

/// <summary>What the page's vectors say, and generators of anything that may be said.</summary>
internal static class Samples
{
    public const string Token = "v1.c2Vzc2lvbi1vZi1hbm4";
    public const string ClueText = "Dig under the old oak \U0001F333";

    public static readonly Command[] Batch = [Command.Look, Command.DropClue(10, 13, ClueText), Command.Dig(300, 65000)];

    public static readonly Sighting Seen = new()
    {
        PlayersTotal = 70,
        Players = new SeenPlayer[] { new("bob", 10, 11) },
        CluesTotal = 1,
        Clues = new SeenClue[] { new(9, 12, "bob", "Cold.") },
        MarksTotal = 1,
        Marks = new SeenMark[] { new(8, 8) },
    };

    public static readonly Answer[] Answers =
    [
        Answer.Moved(10, 12),
        Answer.Saw(Seen),
        Answer.Of(CommandKind.DropClue, ResultCode.Ok),
        Answer.Dug(40, 17),
        Answer.Standing(10, 12, -3),
        Answer.Of(CommandKind.Move, ResultCode.Blocked),
        Answer.Later(CommandKind.Move, ResultCode.TooFast, 250),
        Answer.Of(CommandKind.Dig, ResultCode.Empty),
        Answer.Of(CommandKind.Dig, ResultCode.Taken),
        Answer.Later(CommandKind.Look, ResultCode.Busy, 1000),
        Answer.Of(CommandKind.Leave, ResultCode.Ok),
    ];

    public static readonly Gen<string> AnyName = Gen.String[Gen.Char["abcXYZ019._-"], 1, ProtocolLimits.NameCharacters];

    /// <summary>Texts that keep the rule, with characters of one to four bytes.</summary>
    public static readonly Gen<string> AnyText = Gen.OneOf("a", " ", "~", "é", "漢", "\U0001F333").Array[0, ProtocolLimits.TextCharacters - 1].Select(parts => "!" + string.Concat(parts));

    public static readonly Gen<Command> AnyCommand = Gen.OneOf(
        Gen.OneOf(Command.Look, Command.Where, Command.Leave),
        Gen.Select(Gen.UShort, Gen.UShort, Gen.Bool, (x, y, dig) => dig ? Command.Dig(x, y) : Command.Move(x, y)),
        Gen.Select(Gen.UShort, Gen.UShort, AnyText, (x, y, text) => Command.DropClue(x, y, text)));

    public static readonly Gen<Command[]> AnyCommands = AnyCommand.Array[1, ProtocolLimits.CommandsPerFrame];

    public static readonly Gen<Sighting> AnySighting = Gen.Select(
        Gen.Select(Gen.UShort, Gen.UShort, Gen.UShort),
        Gen.Select(AnyName, Gen.UShort, Gen.UShort, (name, x, y) => new SeenPlayer(name, x, y)).Array[0, 64],
        Gen.Select(Gen.UShort, Gen.UShort, AnyName, AnyText, (x, y, author, text) => new SeenClue(x, y, author, text)).Array[0, 32],
        Gen.Select(Gen.UShort, Gen.UShort, (x, y) => new SeenMark(x, y)).Array[0, 64],
        (totals, players, clues, marks) => new Sighting
        {
            PlayersTotal = totals.Item1,
            Players = players,
            CluesTotal = totals.Item2,
            Clues = clues,
            MarksTotal = totals.Item3,
            Marks = marks,
        });

    public static readonly Gen<Answer> AnyAnswer = Gen.OneOf(
        Gen.Select(Gen.UShort, Gen.UShort, Answer.Moved),
        Gen.Select(Gen.Long, Gen.UInt, Answer.Dug),
        Gen.Select(Gen.UShort, Gen.UShort, Gen.Long, Answer.Standing),
        AnySighting.Select(Answer.Saw),
        Gen.Select(Gen.Byte[1, 6], Gen.UInt, (kind, ms) => Answer.Later((CommandKind)kind, ms % 2 == 0 ? ResultCode.Busy : ResultCode.TooFast, ms)),
        Gen.Select(Gen.Byte[1, 6], Gen.OneOf(ResultCode.Blocked, ResultCode.TooFar, ResultCode.Left, ResultCode.Unsupported), (kind, result) => Answer.Of((CommandKind)kind, result)));

    /// <summary>A first sequence that leaves room for a frame, and a confirmed one before it.</summary>
    public static readonly Gen<(ulong First, ulong Received)> AnySequences =
        Gen.Select(Gen.ULong[1, ulong.MaxValue - 100], Gen.Double[0, 1], (first, part) => (first, (ulong)((first - 1) * (decimal)part)));

    /// <summary>Answers compare by value but for what a look saw, which is compared here.</summary>
    public static void AssertSame(Answer expected, Answer actual)
    {
        Assert.Equal(expected with { Seen = null }, actual with { Seen = null });
        Assert.Equal(expected.Seen is null, actual.Seen is null);
        if (expected.Seen is { } seen)
        {
            Assert.Equal((seen.PlayersTotal, seen.CluesTotal, seen.MarksTotal), (actual.Seen!.PlayersTotal, actual.Seen.CluesTotal, actual.Seen.MarksTotal));
            Assert.Equal(seen.Players.ToArray(), actual.Seen.Players.ToArray());
            Assert.Equal(seen.Clues.ToArray(), actual.Seen.Clues.ToArray());
            Assert.Equal(seen.Marks.ToArray(), actual.Seen.Marks.ToArray());
        }
    }

    public static byte[] Frame(FrameSigner signer, ulong first, ulong received, Command[] commands)
    {
        var frame = new byte[CommandFrame.Measure(commands)];
        Assert.Equal(frame.Length, CommandFrame.Write(frame, signer, first, received, commands));
        return frame;
    }
}
