using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Contracts;
using Veltrix.Silo.Spreading;

namespace Veltrix.Swarm.Tests.Cluster;

public sealed class SpreadTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    private static readonly ImmutableArray<SiloAddress> Silos =
        [.. Enumerable.Range(1, 3).Select(silo => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, silo), 1))];

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(0.33, null)]
    [InlineData(0.34, 1)]
    [InlineData(0.66, 1)]
    [InlineData(0.67, 2)]
    [InlineData(0.9999999999, 2)]
    public void Settle_AnyPlace_GoesToTheSiloThatHasIt(double place, int? silo) =>
        Assert.Equal(silo is { } index ? Silos[index] : null, View(0, [900, 900, 900]).Settle(place));

    [Fact]
    public void Settle_BeyondTheBudget_StaysUntilTheNextLook()
    {
        var view = View(0, [900, 900, 900], budget: 2);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => view.Settle(0.5) is not null));
    }

    [Fact]
    public void Settle_WithinItsTime_MovesNoMoreThanItsShareOfTheBudget()
    {
        var clock = new FakeTimeProvider();
        var view = new SpreadView(Silos, 0, [900, 900, 900], budget: 8, Time, new SpreadOptions(), clock);

        var moved = new List<int>();
        for (var quarter = 0; quarter < 6; quarter++)
        {
            moved.Add(Enumerable.Range(0, 10).Count(_ => view.Settle(0.5) is not null));
            clock.Advance(Time / 4);
        }

        Assert.Equal([0, 2, 2, 2, 2, 0], moved);
    }

    [Fact]
    public void Follow_WhileTheOtherSiloHasRoom_GoesThereAndThenStays()
    {
        // A mean of 900 gives room up to 972 and 8 more, half of it for each of the two others.
        var view = View(0, [900, 900, 900]);

        var moved = Enumerable.Range(0, 100).Count(_ => view.Follow(0.5) is not null);

        Assert.Equal(40, moved);
    }

    [Fact]
    public void Follow_WhoIsAtHome_StaysAsLongAsTheSiloIsNotCrowded()
    {
        Assert.Null(View(0, [1000, 850, 850]).Follow(0.1));
        Assert.Null(View(0, [1300, 800, 600]).Follow(0.1));
        Assert.Equal(Silos[2], View(0, [1300, 800, 600], before: View(0, [1300, 800, 600])).Follow(0.1));
    }

    [Fact]
    public void Follow_ACrowdOnOneSilo_IsSharedUntilNoneHasMoreThanItsShare()
    {
        // All stand in one region, which belongs to the first silo.
        var counts = new[] { 3000, 0, 0 };
        var views = new SpreadView?[3];
        for (var look = 0; look < 30; look++)
        {
            for (var own = 0; own < 3; own++)
            {
                var view = views[own] = View(own, [.. counts], budget: 400, before: views[own]);
                for (var asked = counts[own]; asked > 0; asked--)
                {
                    if (view.Follow(0.1) is { } silo)
                    {
                        counts[own]--;
                        counts[Silos.IndexOf(silo)]++;
                    }
                }
            }
        }

        Assert.Equal(3000, counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 750, 1250));
    }

    [Fact]
    public void Follow_SiloThatJoined_GetsItsShareWithinTheBudget()
    {
        var places = Enumerable.Range(0, 3000).Select(player => player / 3000.0).ToList();
        var homes = places.ConvertAll(_ => 0);
        var looks = 0;
        SpreadView? view = null;
        for (; looks < 30 && homes.Count(home => home == 0) > 1100; looks++)
        {
            view = View(0, [.. Enumerable.Range(0, 3).Select(silo => homes.Count(home => home == silo))], budget: 400, before: view);
            for (var player = 0; player < places.Count; player++)
            {
                if (homes[player] == 0 && view.Follow(places[player]) is { } silo)
                {
                    homes[player] = Silos.IndexOf(silo);
                }
            }
        }

        Assert.InRange(looks, 5, 8);
        Assert.All(places.Zip(homes), one => Assert.True(one.Second == 0 || one.Second == (int)(one.First * 3)));
    }

    [Theory]
    [InlineData("SettledFor")]
    [InlineData("MovesPerSecond")]
    [InlineData("Room")]
    [InlineData("Crowded")]
    public void Validate_ASettingThatDoesNotFit_NamesIt(string setting)
    {
        var options = new SpreadOptions();
        Assert.True(new SpreadOptionsValidator().Validate(null, options).Succeeded);
        switch (setting)
        {
            case "SettledFor":
                options.SettledFor = TimeSpan.Zero;
                break;
            case "MovesPerSecond":
                options.MovesPerSecond = 0;
                break;
            case "Room":
                options.Room = double.NaN;
                options.Crowded = 2;
                break;
            default:
                options.Crowded = 1;
                break;
        }

        var problems = new SpreadOptionsValidator().Validate(null, options).Failures!;
        Assert.Contains(problems, problem => problem.Contains($"set Veltrix:Spread:{setting} to ", StringComparison.Ordinal));
    }

    [Fact]
    public void Places_OfTheShardsOfAHunt_LieAlongTheWholeLine()
    {
        var places = Enumerable.Range(0, 12).Select(shard => Places.OfShard(new HuntId("picnic"), shard, 12)).ToArray();

        Assert.All(places, static place => Assert.InRange(place, 0, 0.9999999999));
        Assert.Equal([4, 4, 4], places.GroupBy(static place => (int)(place * 3)).OrderBy(static share => share.Key).Select(static share => share.Count()));
    }

    // As it is at the end of its time, when all of its budget may be used.
    private static SpreadView View(int own, int[] counts, int budget = 1000, SpreadView? before = null)
    {
        var clock = new FakeTimeProvider();
        var view = new SpreadView(Silos, own, counts, budget, Time, new SpreadOptions(), clock, before);
        clock.Advance(Time);
        return view;
    }
}
