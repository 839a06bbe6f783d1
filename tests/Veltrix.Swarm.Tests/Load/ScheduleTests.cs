using CsCheck;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Swarm.Tests.Load;

public sealed class ScheduleTests
{
    private static readonly Gen<(int Players, double Rate, int Batch, ulong Seed)> AnyLoad =
        Gen.Select(Gen.Int[1, 50], Gen.Double[0.1, 100], Gen.Int[1, 64], Gen.ULong);

    [Fact]
    public void Frames_AnyLoad_AreInOrderOfTime() => AnyLoad.Sample(load =>
    {
        var schedule = new Schedule(load.Players, load.Rate, load.Batch, load.Seed);
        var before = 0L;
        for (var i = 0; i < 10 * load.Players; i++)
        {
            Assert.True(schedule.Due >= before);
            before = schedule.Due;
            schedule.Advance();
        }
    });

    [Fact]
    public void Frames_AnyLoad_OfOnePlayerAreOnePeriodApartFromAPhaseInsideOfIt() => AnyLoad.Sample(load =>
    {
        var schedule = new Schedule(load.Players, load.Rate, load.Batch, load.Seed);
        var last = new long?[load.Players];
        for (var i = 0; i < 4 * load.Players; i++)
        {
            var due = schedule.Due;
            if (last[schedule.Player] is { } before)
            {
                Assert.Equal(before + schedule.Period, due);
            }
            else
            {
                Assert.InRange(due, 0, schedule.Period - 1);
            }

            last[schedule.Player] = due;
            schedule.Advance();
        }
    });

    [Fact]
    public void Frames_SameSeed_AreTheSame()
    {
        Assert.Equal(First(100, 3), First(100, 3));
        Assert.NotEqual(First(100, 3), First(100, 4));
    }

    [Fact]
    public void Frames_InAWindow_AreAsManyAsTheRateSays()
    {
        var schedule = new Schedule(1000, rate: 4, batch: 1, seed: 1);
        var frames = 0;
        for (; schedule.Due < 10 * Nanoseconds.PerSecond; schedule.Advance())
        {
            frames++;
        }

        Assert.Equal(40_000, frames);
    }

    [Fact]
    public void Frames_WithARamp_BeginPlayerByPlayerAndKeepTheirTimes()
    {
        const long ramp = 10 * Nanoseconds.PerSecond;
        var schedule = new Schedule(100, rate: 4, batch: 1, seed: 1, ramp);
        var began = new Dictionary<int, long>();
        var last = new Dictionary<int, long>();
        for (; schedule.Due < 12 * Nanoseconds.PerSecond; schedule.Advance())
        {
            began.TryAdd(schedule.Player, schedule.Due);
            Assert.True(!last.TryGetValue(schedule.Player, out var before) || schedule.Due == before + schedule.Period);
            last[schedule.Player] = schedule.Due;
        }

        Assert.Equal(100, began.Count);
        Assert.All(began, begin => Assert.InRange(begin.Value, ramp * begin.Key / 100, (ramp * begin.Key / 100) + (2 * schedule.Period)));
    }

    private static List<(int, long)> First(int count, ulong seed)
    {
        var schedule = new Schedule(20, 4, 1, seed);
        var frames = new List<(int, long)>();
        for (var i = 0; i < count; i++)
        {
            frames.Add((schedule.Player, schedule.Due));
            schedule.Advance();
        }

        return frames;
    }
}
