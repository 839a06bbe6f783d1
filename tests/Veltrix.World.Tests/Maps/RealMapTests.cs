using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

/// <summary>Other people's maps, where a folder with them is there: named by VELTRIX_MAPS, or shared/maps beside the repository.</summary>
public class RealMapTests
{
    [Fact]
    public void IslandQuest_HasItsIslandsAndTreasures()
    {
        var map = Read("island_quest/world.tmx").Map;

        Assert.Equal((100, 100), (map.Width, map.Height));
        Assert.Equal(Terrain.DeepWater, map[0, 0].Terrain);
        Assert.InRange(map.MainlandTiles, 2500, 4000);
        Assert.Equal(["spade", "buried_treasure", "treasure_chest"], map.Objects.Where(item => item.Kind == MapObjectKind.Treasure).Select(item => item.Name));
    }

    [Fact]
    public void ArduboyWorld_Has29Chests()
    {
        var map = Read("arduboy_rpg_world/world.tmx").Map;

        Assert.Equal(29, map.Objects.Count(item => item.Kind == MapObjectKind.Treasure));
        Assert.InRange(map.MainlandTiles, 25_000, 35_000);
    }

    [Fact]
    public void NewYork_HasAsManyFreeTilesAsDots() => Assert.Equal((792_676, 1024), (Read("movingai_cities/NewYork_0_1024.map").Map.OpenTiles, Read("movingai_cities/NewYork_0_1024.map").Map.Width));

    [Fact]
    public void Fixtures_AreAllReadButTheIsometricOne()
    {
        var hashes = new[] { "csv", "xml", "base64", "gzip", "zlib" }.Select(encoding => Read($"format_fixtures/test-tileset-{encoding}.tmx").Map.Hash).Distinct();

        Assert.Single(hashes);
        Assert.Contains("isometric", Assert.Throws<MapException>(() => Read("format_fixtures/isometric.tmx")).Message, StringComparison.Ordinal);
        Assert.Contains(Read("format_fixtures/mine_base64.tmx").Map.Objects, item => item is { Kind: MapObjectKind.Spawn, Name: "Player_Spawn" });
        Assert.Equal((25, 15), (Read("format_fixtures/test-object-layer.tmx").Map.Width, Read("format_fixtures/test-object-layer.tmx").Map.Height));
        Assert.Equal((20, 10), (Read("format_fixtures/level01.tmx").Map.Width, Read("format_fixtures/level01.tmx").Map.Height));
    }

    internal static MapReading Read(string path)
    {
        var full = Path.Combine(Folder() ?? "", path);
        Assert.SkipUnless(File.Exists(full), $"{path} is not there: name a folder of maps with VELTRIX_MAPS.");
        return MapReader.ReadWithReport(full, new Beside(Path.GetDirectoryName(full)!));
    }

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("VELTRIX_MAPS") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Veltrix.sln")))
            {
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "maps"));
            }
        }

        return null;
    }

    private sealed class Beside(string folder) : IMapFiles
    {
        public byte[]? Read(string path) => File.Exists(Path.Combine(folder, path)) ? File.ReadAllBytes(Path.Combine(folder, path)) : null;
    }
}
