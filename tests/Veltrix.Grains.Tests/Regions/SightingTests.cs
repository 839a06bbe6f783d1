using CsCheck;
using Veltrix.Contracts;
using Veltrix.Grains.Players;
using Veltrix.Grains.Regions;
using Veltrix.Grains.Tests.Support;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Tests.Regions;

public sealed class SightingTests
{
    private static readonly TileMap Map = TestMaps.Open(32, 32, [.. Enumerable.Range(4, 12).Select(y => new Tile(12, (ushort)y))]);
    private static readonly Gen<Tile> AnyTile = Gen.Select(Gen.Int[0, 31], Gen.Int[0, 31], static (x, y) => Tile.At(x, y));

    // Few tiles and many names, so that ties are common.
    private static readonly Gen<(PlayerId Player, Tile Tile)> Someone = Gen.Select(
        Gen.Int[0, 150], Gen.OneOf(AnyTile, Gen.Int[8, 16].Select(static x => Tile.At(x, 10))), static (name, tile) => (new PlayerId($"p{name}"), tile));

    [Fact]
    public void CrowdSee_AnyCrowd_SeesWhatSortingFinds() => Gen.Select(Someone.Array[0, 300], AnyTile, Gen.Int[1, 16]).Sample((words, eye, radius) =>
    {
        var crowd = new Crowd();
        var model = new Dictionary<PlayerId, Tile>();
        for (var i = 0; i < words.Length; i++)
        {
            var asOf = new OperationId(new SessionId(Guid.Empty), (ulong)i);
            if (i % 7 == 6)
            {
                crowd.Remove(words[i].Player, asOf);
                model.Remove(words[i].Player);
            }
            else
            {
                crowd.Place(words[i].Player, asOf, words[i].Tile, now: 0);
                model[words[i].Player] = words[i].Tile;
            }
        }

        var looker = new PlayerId("p3");
        var sight = Sight.From(Map, eye, radius);
        var expected = model.Where(pair => pair.Key != looker && sight.Sees(pair.Value))
            .Select(pair => new SeenPlayer(pair.Key, pair.Value))
            .OrderBy(seen => eye.SquaredDistanceTo(seen.Tile)).ThenBy(seen => seen.Tile.Y).ThenBy(seen => seen.Tile.X)
            .ThenBy(seen => seen.Player.Value, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(expected.Count, crowd.See(looker, sight, out var nearest));
        Assert.Equal(expected.Take(Sighting.MaxPlayers), nearest);
        Assert.Equal(model.Count, crowd.Count);
    });

    [Fact]
    public void ClueRingSee_AnyClues_SeesTheNewestOfTheNearest() => Gen.Select(AnyTile.Array[0, 200], AnyTile, Gen.Int[1, 60]).Sample((tiles, eye, capacity) =>
    {
        var ring = new ClueRing(capacity);
        for (var i = 0; i < tiles.Length; i++)
        {
            Assert.True(ring.Add(new OperationId(new SessionId(Guid.Empty), (ulong)i), new PlayerId("ada"), tiles[i], $"{i}"));
        }

        var sight = Sight.From(Map, eye, 8);
        var expected = tiles.Select((tile, i) => (tile, i)).TakeLast(capacity).Where(clue => sight.Sees(clue.tile))
            .OrderBy(clue => eye.SquaredDistanceTo(clue.tile)).ThenBy(clue => clue.tile.Y).ThenBy(clue => clue.tile.X).ThenByDescending(clue => clue.i)
            .Select(clue => $"{clue.i}")
            .ToList();

        Assert.Equal(expected.Count, ring.See(sight, out var nearest));
        Assert.Equal(expected.Take(Sighting.MaxClues), nearest.Select(clue => clue.Text));
    });

    [Fact]
    public void ClueRingAdd_SameOperation_AddsOnce()
    {
        var ring = new ClueRing(4);
        var operation = new OperationId(new SessionId(Guid.Empty), 1);

        Assert.True(ring.Add(operation, new PlayerId("ada"), default, "one"));
        Assert.False(ring.Add(operation, new PlayerId("ada"), default, "one"));
        Assert.Equal(1, ring.Count);
    }

    [Fact]
    public void SightingsMerge_TwoRegions_SeesWhatOneWouldSee() => Gen.Select(Someone.Array[0, 200], AnyTile).Sample((people, eye) =>
    {
        Crowd whole = new(), left = new(), right = new();
        foreach (var (player, tile) in people)
        {
            var asOf = new OperationId(new SessionId(Guid.Empty), 1);
            if (whole.Contains(player))
            {
                continue;
            }

            whole.Place(player, asOf, tile, 0);
            (tile.X < 16 ? left : right).Place(player, asOf, tile, 0);
        }

        var sight = Sight.From(Map, eye, 8);
        var count = whole.See(default, sight, out var nearest);
        var merged = Sightings.Merge(See(left), See(right), eye);

        Assert.Equal(count, merged.PlayerCount);
        Assert.Equal(nearest, merged.Players);

        Sighting See(Crowd crowd) => new(crowd.See(default, sight, out var players), 0, 0, players, [], []);
    });
}
