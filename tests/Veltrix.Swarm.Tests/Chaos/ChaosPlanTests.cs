using System.Collections.Immutable;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class ChaosPlanTests
{
    private static readonly ImmutableSortedSet<DeedKind> Everything = [.. Enum.GetValues<DeedKind>()];

    [Fact]
    public void Create_SameSeed_GivesTheSamePlan()
    {
        var (one, other) = (ChaosPlan.Create(Request(7)), ChaosPlan.Create(Request(7)));

        Assert.Equal(one.Deeds, other.Deeds);
        Assert.Equal(one.Grains, other.Grains);
    }

    // A plan is part of what a seed stands for: one that was reported must be the same tomorrow, on every machine.
    [Fact]
    public void Create_KnownSeed_GivesTheKnownPlan()
    {
        var plan = ChaosPlan.Create(Request(1));

        Assert.Equal(
            ["11.257 part-silo silo2 8.992", "34.470 freeze-gateway gateway1 6.805", "50.897 kill-gateway gateway1 4.769", "74.994 term-silo silo3 4.441"],
            plan.Deeds.Take(4).Select(deed => $"{deed.At.TotalSeconds:F3} {deed.Name} {deed.Victim} {deed.Lasts.TotalSeconds:F3}"));
    }

    [Fact]
    public void Create_AnotherSeed_GivesAnotherPlan()
    {
        var (one, other) = (ChaosPlan.Create(Request(7)), ChaosPlan.Create(Request(8)));

        Assert.NotEqual(one.Deeds, other.Deeds);
        Assert.NotEqual(one.Grains, other.Grains);
    }

    [Fact]
    public void Create_LongEnough_DoesEverythingOnceBeforeAnythingAgain()
    {
        string[] all = ["cut-gateway", "cut-silo", "database", "freeze-gateway", "freeze-silo", "kill-gateway", "kill-silo", "part-silo", "term-gateway", "term-silo"];
        for (var seed = 0ul; seed < 20; seed++)
        {
            var names = ChaosPlan.Create(Request(seed) with { Seconds = 420 }).Deeds.Select(deed => deed.Name).ToArray();

            Assert.Equal(20, names.Length);
            Assert.Equal(all, names.Take(10).Order(StringComparer.Ordinal));
            Assert.Equal(all, names.Skip(10).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Create_Deeds_KeepTheirDistanceAndNameWhoIsThere()
    {
        for (var seed = 0ul; seed < 50; seed++)
        {
            var deeds = ChaosPlan.Create(Request(seed)).Deeds;

            Assert.All(deeds.Zip(deeds.Skip(1)), two => Assert.InRange((two.Second.At - two.First.At).TotalSeconds, 15, 25));
            Assert.InRange(deeds[0].At.TotalSeconds, 10, 15);
            Assert.True(deeds[^1].At.TotalSeconds <= 285, "the last one has no time to be over");
            Assert.All(deeds, deed => Assert.True(deed.Victim is not { } who
                ? deed.Kind is DeedKind.Database
                : who.Number >= 1 && who.Number <= (who.Role is Role.Silo ? 3 : 2)));
        }
    }

    [Fact]
    public void Create_Grains_ComeEveryThreeSecondsOfEveryType()
    {
        var grains = ChaosPlan.Create(Request(3)).Grains;

        Assert.Equal(Enumerable.Range(1, 99).Select(k => 3.0 * k), grains.Select(grain => grain.At.TotalSeconds));
        Assert.Equal(["board", "hunt", "ledger-shard", "player", "region"], grains.Select(grain => grain.Type).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Create_OneSilo_IsNeverPartedFromOthers() =>
        Assert.DoesNotContain(ChaosPlan.Create(Request(1) with { Silos = 1, Seconds = 2000 }).Deeds, deed => deed.Kind is DeedKind.Part);

    [Fact]
    public void Create_WithNothingToDo_IsEmpty()
    {
        var plan = ChaosPlan.Create(Request(1) with { Kinds = [], GrainEvery = 0 });

        Assert.Empty(plan.Deeds);
        Assert.Empty(plan.Grains);
        Assert.Empty(ChaosPlan.Create(Request(1) with { ProcessEvery = 0 }).Deeds);
    }

    private static PlanRequest Request(ulong seed) => new(seed, Silos: 3, Gateways: 2, Seconds: 300, GrainEvery: 3, ProcessEvery: 20, Everything, DatabaseAway: 10);
}
