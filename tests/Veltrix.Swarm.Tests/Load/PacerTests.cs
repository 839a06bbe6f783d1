using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Swarm.Tests.Load;

public sealed class PacerTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Run_NobodyAnswers_SendsEveryFrameWhenItIsDue()
    {
        var sender = new Sender(_clock);

        new Pacer(new Schedule(10, 4, 1, 1), _clock, sender).Run(1000, 1000 + (5 * Nanoseconds.PerSecond), CancellationToken.None);

        Assert.Equal(200, sender.Sent.Count);
        Assert.All(sender.Sent, frame => Assert.Equal(frame.Due, frame.Now));
        Assert.Equal(1000 + (5 * Nanoseconds.PerSecond), _clock.Now);
    }

    [Fact]
    public void Run_SenderHangsForASecond_SendsWhatWasDueMeanwhileAtOnceAndLosesNothing()
    {
        var sender = new Sender(_clock) { HangsAt = 20 };

        new Pacer(new Schedule(10, 4, 1, 1), _clock, sender).Run(0, 5 * Nanoseconds.PerSecond, CancellationToken.None);

        Assert.Equal(200, sender.Sent.Count);
        Assert.Equal(Expected(200), sender.Sent.Select(frame => (frame.Player, frame.Due)));
        Assert.Contains(sender.Sent, frame => frame.Now - frame.Due > Nanoseconds.PerSecond / 2);
        Assert.Equal(sender.Sent[^1].Due, sender.Sent[^1].Now);
    }

    [Fact]
    public void Run_Stopped_EndsThereAndSaysWhen()
    {
        using var stop = new CancellationTokenSource();
        var sender = new Sender(_clock) { OnSent = count => { if (count == 50) { stop.Cancel(); } } };

        var ended = new Pacer(new Schedule(10, 4, 1, 1), _clock, sender).Run(0, 100 * Nanoseconds.PerSecond, stop.Token);

        Assert.Equal(50, sender.Sent.Count);
        Assert.Equal(_clock.Now, ended);
    }

    [Fact]
    public void Run_BehindForLong_TurnsToTheAnswersMeanwhile()
    {
        var sender = new Sender(_clock) { HangsAt = 20 };

        new Pacer(new Schedule(100, 4, 1, 1), _clock, sender).Run(0, 5 * Nanoseconds.PerSecond, CancellationToken.None);

        // A second's frames, 400, were due at once.
        Assert.InRange(_clock.Turns, 20, 40);
    }

    [Fact]
    public void WaitUntil_RealClock_ComesBackSoonAfterAndNotBefore()
    {
        var clock = new SwarmClock(TimeProvider.System);
        var due = clock.Now + (5 * Nanoseconds.PerMillisecond);
        while (clock.Now < due)
        {
            clock.WaitUntil(due);
        }

        // Mostly some 60 µs; a loaded machine may take its time.
        Assert.InRange(clock.Now, due, due + Nanoseconds.PerSecond);
    }

    private static List<(int, long)> Expected(int frames)
    {
        var schedule = new Schedule(10, 4, 1, 1);
        var expected = new List<(int, long)>();
        for (var i = 0; i < frames; i++)
        {
            expected.Add((schedule.Player, schedule.Due));
            schedule.Advance();
        }

        return expected;
    }

    private sealed class Sender(FakeClock clock) : IFrameSender
    {
        public List<(int Player, long Due, long Now)> Sent { get; } = [];

        public int HangsAt { get; init; } = -1;

        public Action<int>? OnSent { get; init; }

        public void Send(int player, long due, long now)
        {
            Sent.Add((player, due, now));
            if (Sent.Count == HangsAt)
            {
                clock.Now += Nanoseconds.PerSecond;
            }

            OnSent?.Invoke(Sent.Count);
        }
    }

    private sealed class FakeClock : ISwarmClock
    {
        public long Now { get; set; }

        public int Turns { get; private set; }

        public void WaitUntil(long time) => Now = time;

        public void Turn() => Turns++;
    }
}
