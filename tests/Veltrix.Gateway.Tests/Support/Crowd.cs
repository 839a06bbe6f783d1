using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>Players who walk about on an island ten times a second, without a cluster behind them.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private readonly GatewayHost _host;
    private readonly HuntId _hunt;
    private readonly TileMap _map = IslandGenerator.Generate(512, 512, 7);
    private readonly RegionGrid _grid;
    private readonly Tile[] _tiles;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _walking;
    private int _finds;

    public Crowd(GatewayHost host, string hunt, int players)
    {
        _host = host;
        _hunt = new HuntId(hunt);
        _grid = new RegionGrid(_map, new HuntRules().RegionSize);
        host.Grains.Maps.Add(_map);
        host.Grains.Hunts[hunt] = new FakeHunt(host.Grains.Maps, host.Grains.Hunts, hunt) { Definition = FakeGrains.Definition(hunt, _map.Hash) };
        var random = new SeededRandom(7);
        _tiles = new Tile[players];
        for (var i = 0; i < players; i++)
        {
            do
            {
                _tiles[i] = Tile.At(random.Next(_map.Width), random.Next(_map.Height));
            }
            while (!_map.IsMainland(_tiles[i]));
        }

        for (var i = 0; i < 15; i++)
        {
            host.Grains.Board.Totals.Add(new PlayerTotal(new PlayerId($"p{i}"), 2000 - (i * 91), 20 - i, 1_800_000_000_000));
        }

        Tell([.. Enumerable.Range(0, players).Select(i => (i, (int?)null))]);
        _walking = WalkAsync(random);
    }

    /// <summary>The next player finds something where they stand.</summary>
    public void Find()
    {
        var player = _finds++ % _tiles.Length;
        Region(_grid.RegionOf(_tiles[player])).Say([], [], [new Find(Name(player), _tiles[player], 77)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _walking;
        _stop.Dispose();
    }

    private async Task WalkAsync(SeededRandom random)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            for (var turn = 0; await timer.WaitForNextTickAsync(_stop.Token); turn++)
            {
                var moved = new List<(int Player, int? From)>();
                for (var i = turn % 3; i < _tiles.Length; i += 3)
                {
                    var to = new Tile((ushort)(_tiles[i].X + random.Between(-2, 2)), (ushort)(_tiles[i].Y + random.Between(-2, 2)));
                    if (_map.IsOpen(to))
                    {
                        moved.Add((i, _grid.RegionOf(_tiles[i])));
                        _tiles[i] = to;
                    }
                }

                Tell(moved);
                if (turn % 7 == 3)
                {
                    Find();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The crowd goes home.
        }
    }

    private void Tell(List<(int Player, int? From)> moved)
    {
        foreach (var here in moved.GroupBy(move => _grid.RegionOf(_tiles[move.Player])))
        {
            Region(here.Key).Say([.. here.Select(move => new SeenPlayer(Name(move.Player), _tiles[move.Player]))], [], []);
        }

        foreach (var gone in moved.Where(move => move.From is { } from && from != _grid.RegionOf(_tiles[move.Player])).GroupBy(move => move.From!.Value))
        {
            Region(gone.Key).Say([], [.. gone.Select(move => Name(move.Player))], []);
        }
    }

    private FakeRegion Region(int region) => (FakeRegion)_host.Grains.Region(_hunt, region);

    private static PlayerId Name(int player) => new($"p{player}");
}
