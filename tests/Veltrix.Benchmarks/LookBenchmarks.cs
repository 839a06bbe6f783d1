using BenchmarkDotNet.Attributes;
using Veltrix.Contracts;
using Veltrix.Grains.Regions;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Sights;

namespace Veltrix.Benchmarks;

/// <summary>What a region does for a look when 500 players stand in it: all over it, or all in the looking player's sight.</summary>
public class LookBenchmarks
{
    private static readonly PlayerId Looker = new("p0");
    private readonly Crowd _crowd = new();
    private SightMask _sight = null!;

    [Params(64, 11)]
    public int Side { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var ground = new ushort[64 * 64];
        Array.Fill(ground, new Ground(Terrain.Grass, blocks: false, hides: false).Bits);
        var map = new TileMap("meadow", 64, 64, ground, new byte[ground.Length], [0x00FF00], []);
        var random = new SeededRandom(3);
        var first = 32 - (Side / 2);
        for (var i = 0; i < 500; i++)
        {
            _crowd.Place(new PlayerId($"p{i}"), default, Tile.At(first + random.Next(Side), first + random.Next(Side)), now: 0);
        }

        _sight = Sight.From(map, new Tile(32, 32), 8);
    }

    [Benchmark]
    public int See() => _crowd.See(Looker, _sight, out _);
}
