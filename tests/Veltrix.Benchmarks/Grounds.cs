using Veltrix.World;
using Veltrix.World.Maps;

namespace Veltrix.Benchmarks;

/// <summary>
/// Where benchmarks play: an island, woods and all, and open ground. With the environment variable VELTRIX_MAPS, a folder that holds
/// movingai_cities/NewYork_0_1024.map, also the streets of a city.
/// </summary>
internal static class Grounds
{
    private const string Island = "island 1024";
    private const string Meadow = "meadow 1024";
    private const string City = "city 1024";

    private static readonly string? CityFile =
        Environment.GetEnvironmentVariable("VELTRIX_MAPS") is { } folder ? Path.Combine(folder, "movingai_cities", "NewYork_0_1024.map") : null;

    public static IEnumerable<string> Names => File.Exists(CityFile) ? [Island, Meadow, City] : [Island, Meadow];

    public static TileMap Of(string name) => name switch
    {
        Island => IslandGenerator.Generate(1024, 1024, 7),
        City => MapReader.Read("city.map", new UploadedMapFiles([new("city.map", File.ReadAllBytes(CityFile!))])),
        _ => Plain(),
    };

    /// <summary>Tiles of the mainland, as players would stand on; a power of two of them, so that a benchmark picks one with a mask.</summary>
    public static Tile[] Places(TileMap map, int count = 1024)
    {
        var random = new SeededRandom(1);
        return [.. Enumerable.Range(0, count).Select(_ => map.MainlandTile(random.Next(map.MainlandTiles)))];
    }

    private static TileMap Plain()
    {
        var ground = new ushort[1024 * 1024];
        Array.Fill(ground, new Ground(Terrain.Grass, blocks: false, hides: false).Bits);
        return new TileMap(Meadow, 1024, 1024, ground, new byte[ground.Length], [0x86B35Au], []);
    }
}
