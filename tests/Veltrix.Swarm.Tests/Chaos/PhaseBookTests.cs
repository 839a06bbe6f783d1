using Veltrix.Commands.Chaos.Felt;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class PhaseBookTests
{
    private readonly PhaseBook _book = new();

    public PhaseBookTests() => _book.Measure(At(10));

    [Fact]
    public void Waited_BeforeAnything_IsQuiet()
    {
        Wait(12, 12.5);

        Assert.Equal(500, Of(PhaseBook.QuietName).Longest, tolerance: 0.01);
    }

    [Fact]
    public void Waited_InTheWarmUp_DoesNotCount()
    {
        Wait(9, 12);

        Assert.Equal(0, Of(PhaseBook.QuietName).Answers);
    }

    [Theory]
    [InlineData(19, 22, "kill")] // Asked before the deed, answered while it was under way.
    [InlineData(19, 26, "kill")]
    [InlineData(21, 24, "kill")]
    [InlineData(24, 27, "kill")] // Asked while it was under way, answered while the next was.
    [InlineData(26, 27, "start")]
    [InlineData(31, 32, "start")] // In the afterglow.
    [InlineData(34, 35, "quiet")]
    [InlineData(18, 19, "quiet")]
    public void Waited_AroundDeeds_BelongsToTheFirstThatWasUnderWay(double due, double arrived, string name)
    {
        _book.Begin("kill", At(20));
        var start = _book.Begin("start", At(25));
        PhaseBook.End(start, At(30));

        Wait(due, arrived);

        Assert.Equal(1, Of(name).Answers);
        Assert.Equal((arrived - due) * 1000, Of(name).Longest, tolerance: 0.01);
    }

    [Fact]
    public void Waited_InAnAfterglowWhenSomethingNewBegins_BelongsToTheNew()
    {
        PhaseBook.End(_book.Begin("freeze", At(20)), At(25));
        _book.Begin("cut", At(27));

        Wait(26, 29);
        Wait(27.5, 28);

        Assert.Equal(0, Of("freeze").Answers);
        Assert.Equal(2, Of("cut").Answers);
    }

    [Fact]
    public void Waited_AfterAGrain_BelongsToItUnlessADeedIsUnderWay()
    {
        _book.Grain(At(20));
        Wait(20.5, 20.6);
        Wait(19.9, 20.1);
        Wait(21.5, 21.6);
        _book.Begin("kill", At(30));
        _book.Grain(At(31));
        Wait(31.1, 31.2);

        Assert.Equal((2, 1, 1), (Of(PhaseBook.GrainName).Answers, Of(PhaseBook.QuietName).Answers, Of("kill").Answers));
    }

    [Fact]
    public void Sum_OfPhases_HasTheLongestOfAllAndThePercentilesOfAll()
    {
        var (one, other) = (new Phase("kill", 0), new Phase("kill", 0));
        for (var i = 0; i < 98; i++)
        {
            one.Record(At(0.001));
        }

        one.Record(At(1));
        other.Record(At(3));
        var waits = Phase.Sum([one, other]);

        Assert.Equal(100, waits.Answers);
        Assert.Equal(3000, waits.Longest, tolerance: 0.01);
        Assert.InRange(waits.P50, 0.99, 1.01);
        Assert.InRange(waits.P99, 990, 1010);
    }

    private void Wait(double due, double arrived) => _book.Waited(At(due), At(arrived));

    private Waits Of(string name) => Phase.Sum(_book.Deeds.Concat(_book.Others).Where(phase => phase.Name == name));

    private static long At(double seconds) => (long)(seconds * 1e9);
}
