using CsCheck;
using Veltrix.Contracts;
using Veltrix.Grains.Boards;

namespace Veltrix.Grains.Tests.Boards;

public sealed class RankingTests
{
    private static readonly Gen<ScoredEntry> Entry = Gen.Select(
        Gen.Int[0, 12], Gen.Long[-5, 40], Gen.Bool, Gen.Long[0, 30],
        static (player, points, claim, at) => new ScoredEntry(new PlayerId($"p{player}"), claim ? Math.Max(1, points) : points, claim, at));

    [Fact]
    public void Add_AnyEntries_RanksAsSortingDoes() => Entry.Array[0, 60].Sample(entries =>
    {
        var ranking = new Ranking();
        foreach (var entry in entries)
        {
            ranking.Add(entry);
        }

        var expected = Naive(entries);
        Assert.Equal(expected, ranking.Page(0, 1000).Select(standing => standing.Total));
        Assert.Equal(Enumerable.Range(1, expected.Count), ranking.Page(0, 1000).Select(standing => standing.Rank));
        Assert.Equal(expected.Sum(total => total.Points), ranking.Points);
        Assert.All(expected, (total, place) => Assert.Equal(place, ranking.PlaceOf(total.Player)));
        Assert.Equal(expected, Ranking.Of(expected).Page(0, 1000).Select(standing => standing.Total));
    });

    [Fact]
    public void Page_PastTheEnd_IsEmpty() => Assert.Empty(new Ranking().Page(3, 10));

    [Fact]
    public void Add_EqualPoints_RanksWhoHadThemEarlierFirst()
    {
        var ranking = new Ranking();
        ranking.Add(new ScoredEntry(new PlayerId("late"), 10, true, 200));
        ranking.Add(new ScoredEntry(new PlayerId("early"), 10, true, 100));
        ranking.Add(new ScoredEntry(new PlayerId("Early"), 10, true, 100));

        Assert.Equal(["Early", "early", "late"], ranking.Page(0, 3).Select(standing => standing.Total.Player.Value));
    }

    [Fact]
    public void Add_Overflow_ThrowsAndChangesNothing()
    {
        var ranking = new Ranking();
        ranking.Add(new ScoredEntry(new PlayerId("rich"), long.MaxValue, true, 1));

        Assert.Throws<OverflowException>(() => ranking.Add(new ScoredEntry(new PlayerId("rich"), 1, true, 2)));
        Assert.Equal((long.MaxValue, 1), (ranking.Page(0, 1)[0].Total.Points, ranking.Page(0, 1)[0].Total.Finds));
    }

    private static List<PlayerTotal> Naive(IEnumerable<ScoredEntry> entries) => [
        .. entries.GroupBy(entry => entry.Player)
            .Select(group => new PlayerTotal(
                group.Key,
                group.Sum(entry => entry.Points),
                group.Count(entry => entry.Claim),
                (group.LastOrDefault(entry => entry.Points != 0) is { Player.Value: not null } last ? last : group.First()).At))
            .OrderByDescending(total => total.Points)
            .ThenBy(total => total.ReachedAt)
            .ThenBy(total => total.Player.Value, StringComparer.Ordinal)];
}
