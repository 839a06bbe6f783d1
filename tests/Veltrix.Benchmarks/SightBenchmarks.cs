using BenchmarkDotNet.Attributes;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Sights;

namespace Veltrix.Benchmarks;

/// <summary>What a player sees from where they stand: once a look, and once a step for those who are watched.</summary>
public class SightBenchmarks
{
    private TileMap _map = null!;
    private Tile[] _eyes = [];
    private int _next;

    public static IEnumerable<string> Maps => Grounds.Names;

    [ParamsSource(nameof(Maps))]
    public string Map { get; set; } = "";

    [Params(8, 16)]
    public int Radius { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _map = Grounds.Of(Map);
        _eyes = Grounds.Places(_map);
    }

    [Benchmark]
    public SightMask From() => Sight.From(_map, _eyes[_next++ & (_eyes.Length - 1)], Radius);
}
