using BenchmarkDotNet.Attributes;
using Veltrix.World.Maps;

namespace Veltrix.Benchmarks;

/// <summary>What it costs to have a map at all: made, as bytes, and back.</summary>
public class MapBenchmarks
{
    private readonly TileMap _map = IslandGenerator.Generate(1024, 1024, 7);
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Prepare() => _bytes = MapCodec.Encode(_map);

    [Benchmark]
    public TileMap Generate() => IslandGenerator.Generate(1024, 1024, 7);

    [Benchmark]
    public TileMap Decode() => MapCodec.Decode(_bytes);
}
