using CsCheck;
using Veltrix.World.Rules;

namespace Veltrix.World.Tests.Rules;

public class PaceTests
{
    /// <summary>Ten steps a second, twenty at once: one step is 100 milliseconds.</summary>
    private static readonly HuntRules Rules = new() { StepsPerSecond = 10, PaceSeconds = 2 };

    [Fact]
    public void TryWalk_FreshPlayer_MayWalkTheWholeBucketAtOnce()
    {
        Assert.Equal(0, default(Pace).TryWalk(Rules, 2000, 5, out var next));
        Assert.Equal(new Pace(2000, 5), next);
    }

    [Fact]
    public void TryWalk_EmptyBucket_SaysHowLongToWaitAndKeepsThePace()
    {
        var empty = new Pace(2000, 1000);

        Assert.Equal(100, empty.TryWalk(Rules, 100, 1000, out var waiting));
        Assert.Equal(empty, waiting);
        Assert.Equal(40, empty.TryWalk(Rules, 100, 1060, out _));
        Assert.Equal(0, empty.TryWalk(Rules, 100, 1100, out var walked));
        Assert.Equal(new Pace(2000, 1100), walked);
    }

    [Fact]
    public void TryWalk_LongRest_FillsTheBucketAndNoMore()
    {
        Assert.Equal(0, new Pace(2000, 0).TryWalk(Rules, 1500, 3_600_000, out var next));
        Assert.Equal(1500, next.Spent);
        Assert.Equal(100, next.TryWalk(Rules, 600, 3_600_000, out _));
    }

    [Fact]
    public void TryWalk_ClockGoesBack_CountsNoTimeTwice()
    {
        Assert.Equal(0, new Pace(1000, 1000).TryWalk(Rules, 500, 400, out var next));
        Assert.Equal(new Pace(1500, 1000), next);
        Assert.Equal(0, next.TryWalk(Rules, 500, 1000, out next));
        Assert.Equal(100, next.TryWalk(Rules, 100, 1000, out _));
    }

    [Fact]
    public void TryWalk_WalkDearerThanTheBucket_IsDoneWhenTheBucketIsFullAndPaidAfterwards()
    {
        Assert.Equal(1, new Pace(1, 0).TryWalk(Rules, 5000, 0, out _));
        Assert.Equal(0, new Pace(0, 0).TryWalk(Rules, 5000, 0, out var debt));
        Assert.Equal(3100, debt.TryWalk(Rules, 100, 0, out _));
        Assert.Equal(0, debt.TryWalk(Rules, 100, 3100, out _));
    }

    [Fact]
    public void TryWalk_StandingStill_IsAlwaysAllowed() =>
        Assert.Equal(0, new Pace(9_999, 0).TryWalk(Rules, 0, 0, out _));

    [Fact]
    public void TryWalk_AnyPace_MayWalkAfterTheWaitThatItWasTold() =>
        Gen.Select(Gen.Double[0.1, 1000], Gen.Double[1, 60], Gen.Double[0, 100_000], Gen.Int[1, 60_000], Gen.Long[0, 1L << 40]).Sample(
            (steps, seconds, spent, cost, now) =>
            {
                var rules = new HuntRules { StepsPerSecond = steps, PaceSeconds = seconds };
                var pace = new Pace(spent, now);
                var wait = pace.TryWalk(rules, cost, now, out _);
                return wait >= 0 && pace.TryWalk(rules, cost, now + wait, out _) == 0
                    && (wait <= 1 || pace.TryWalk(rules, cost, now + wait - 2, out _) > 0);
            });

    [Fact]
    public void TryWalk_ManyWalks_AreNoFasterThanTheLimitOverLongStretches() =>
        Gen.Int[0, 5_000].Select(Gen.Int[0, 900]).Array[1, 200].Sample(walks =>
        {
            var pace = default(Pace);
            long now = 0, walked = 0;
            foreach (var (cost, pause) in walks)
            {
                now += pause;
                now += pace.TryWalk(Rules, cost, now, out _);
                Assert.Equal(0, pace.TryWalk(Rules, cost, now, out pace));
                walked += cost;
            }

            return walked <= now + 2000 + 5000;
        });
}
