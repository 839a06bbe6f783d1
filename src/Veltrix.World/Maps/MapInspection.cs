using System.Collections.Immutable;

namespace Veltrix.World.Maps;

/// <summary>What a map is, in figures: what <c>veltrix map inspect</c> prints.</summary>
public sealed record MapInspection
{
    /// <summary>The side of a region that regions are counted with, in tiles.</summary>
    public const int RegionSize = 64;

    private MapInspection(TileMap map)
    {
        Name = map.Name;
        Hash = map.Hash;
        Width = map.Width;
        Height = map.Height;
        Regions = new RegionGrid(map, RegionSize).Count;
        OpenTiles = map.OpenTiles;
        Parts = map.Parts;
        MainlandTiles = map.MainlandTiles;
    }

    public string Name { get; }

    public string Hash { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>How many regions of <see cref="RegionSize"/> tiles a side cover the map.</summary>
    public int Regions { get; }

    /// <summary>How many tiles a player can stand on.</summary>
    public int OpenTiles { get; }

    /// <summary>How many parts the open ground falls into.</summary>
    public int Parts { get; }

    /// <summary>How many tiles the largest part has.</summary>
    public int MainlandTiles { get; }

    /// <summary>Tiles that hide what is behind them.</summary>
    public int HidingTiles { get; private init; }

    /// <summary>Tiles of each terrain that the map has, the most first.</summary>
    public ImmutableArray<(Terrain Terrain, int Tiles)> Terrains { get; private init; }

    /// <summary>Objects of each kind.</summary>
    public ImmutableArray<(MapObjectKind Kind, int Count)> Objects { get; private init; }

    /// <summary>Treasures that do not stand on the largest part; a hunt moves them to its nearest tile.</summary>
    public int TreasuresAside { get; private init; }

    /// <summary>The open tiles among all, from 0 to 1.</summary>
    public double OpenShare => (double)OpenTiles / ((long)Width * Height);

    /// <summary>The largest part among the open tiles, from 0 to 1; 0 where none is open.</summary>
    public double MainlandShare => OpenTiles == 0 ? 0 : (double)MainlandTiles / OpenTiles;

    public static MapInspection Of(TileMap map)
    {
        var tiles = new int[32];
        var hiding = 0;
        foreach (var bits in map.GroundBits)
        {
            var ground = Ground.FromBits(bits);
            tiles[(int)ground.Terrain]++;
            hiding += ground.Hides ? 1 : 0;
        }

        return new MapInspection(map)
        {
            HidingTiles = hiding,
            Terrains = [.. tiles.Select((count, i) => (Terrain: (Terrain)i, Tiles: count)).Where(one => one.Tiles > 0).OrderByDescending(one => one.Tiles)],
            Objects = [.. map.Objects.GroupBy(item => item.Kind).OrderBy(kind => kind.Key).Select(kind => (kind.Key, kind.Count()))],
            TreasuresAside = map.Objects.Count(item => item.Kind == MapObjectKind.Treasure && !map.IsMainland(item.Tile)),
        };
    }
}
