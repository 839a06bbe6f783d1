using Veltrix.Commands.Chaos.Felt;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;
using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class WaitLogTests
{
    private static readonly Pending Dig = new(Nanoseconds.Of(20), CommandKind.Dig, new Tile(3, 4), new Tile(3, 3), ResultCode.Empty, 0);

    private readonly List<(string Name, string Line)> _lines = [];
    private readonly WaitLog _log;

    public WaitLogTests() => _log = new WaitLog((name, line) => _lines.Add((name, line)));

    [Fact]
    public void Answered_AfterALongWait_SaysWhoWaitedForWhatAndWhy()
    {
        Answer(Dig, 20.75, new Phase("kill-silo", 0));

        var (name, line) = Assert.Single(_lines);
        Assert.Equal("waits", name);
        Assert.Equal("player 7 #57 dig (3, 4): 750 ms, kill-silo", line);
    }

    [Fact]
    public void Answered_InTheWarmUp_SaysSo()
    {
        Answer(Dig with { Kind = CommandKind.Look }, 21, null);

        Assert.Equal("player 7 #57 look: 1000 ms, warm-up", Assert.Single(_lines).Line);
    }

    [Theory]
    [InlineData(20.499, 0)]
    [InlineData(20.5, 1)]
    public void Answered_AtTheBound_CountsAsLong(double arrived, int lines)
    {
        Answer(Dig, arrived, null);

        Assert.Equal(lines, _lines.Count);
    }

    [Fact]
    public void Answered_MoreOftenThanAnybodyReads_StopsWriting()
    {
        for (var i = 0; i < WaitLog.Most + 5; i++)
        {
            Answer(Dig, 30, null);
        }

        Assert.Equal(WaitLog.Most, _lines.Count);
    }

    private void Answer(in Pending asked, double arrived, Phase? owedTo) => _log.Answered(7, 57, asked, Nanoseconds.Of(arrived), owedTo);
}
