using BenchmarkDotNet.Attributes;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Benchmarks;

/// <summary>What the rules cost a command, and what a hunt's start costs them.</summary>
public class RulesBenchmarks
{
    private static readonly HuntRules Rules = new();
    private readonly string[] _players = [.. Enumerable.Range(0, 1024).Select(i => $"player-{i}")];

    private TileMap _map = null!;
    private TreasurePlan _plan = null!;
    private Tile[] _places = [];
    private Tile[] _targets = [];
    private int _next;

    public static IEnumerable<string> Maps => Grounds.Names;

    [ParamsSource(nameof(Maps))]
    public string Map { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _map = Grounds.Of(Map);
        _plan = TreasurePlan.Create(_map, Rules, 1);
        _places = Grounds.Places(_map);
        var random = new SeededRandom(2);
        _targets =
        [
            .. _places.Select(place => Tile.At(
                Math.Clamp(place.X + random.Between(-Rules.Reach, Rules.Reach), 0, _map.Width - 1),
                Math.Clamp(place.Y + random.Between(-Rules.Reach, Rules.Reach), 0, _map.Height - 1))),
        ];
    }

    [Benchmark]
    public MoveVerdict JudgeWalk()
    {
        var i = _next++ & (_places.Length - 1);
        return Movement.Judge(_map, _places[i], _targets[i], Rules.Reach, out _);
    }

    [Benchmark]
    public int Pace() => new Pace(100, 0).TryWalk(Rules, 300, 50, out _);

    [Benchmark]
    public bool FindTreasure() => _plan.TryFind(_places[_next++ & (_places.Length - 1)], out _);

    [Benchmark]
    public Tile Spawn() => Spawns.For(_map, 1, _players[_next++ & 1023]);

    [Benchmark]
    public int PlanTreasures() => TreasurePlan.Create(_map, Rules, 1).All.Length;
}
