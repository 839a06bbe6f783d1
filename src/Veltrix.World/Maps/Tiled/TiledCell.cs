using System.Runtime.InteropServices;

namespace Veltrix.World.Maps.Tiled;

/// <summary>What the layers said so far about one tile of the map.</summary>
[Flags]
internal enum Marks : byte
{
    None = 0,

    /// <summary>Some layer has a tile here.</summary>
    Covered = 1,

    /// <summary>Something said in so many words that it blocks: no terrain above opens it.</summary>
    Blocks = 2,

    /// <summary>The topmost tile said that it does not; water is deep all the same.</summary>
    Open = 4,

    /// <summary>The topmost tile or its layer said that one walks on it, whatever it is.</summary>
    Walkable = 8,
    Hides = 16,

    /// <summary>Something said that it does not hide what is behind it.</summary>
    Clear = 32,

    /// <summary>The terrain is that of the layer, not of the tile.</summary>
    FromLayer = 64,

    /// <summary>A tile of water or lava said that it blocks: a bridge over it opens it.</summary>
    Sinks = 128,
}

/// <summary>What a tile says on the layer that it lies on: the same wherever on the layer it lies.</summary>
internal readonly struct LaidTile
{
    public LaidTile(TileTraits tile, LayerRole role)
    {
        Tile = tile;
        Role = role;
        Terrain = tile.Terrain ?? role.Terrain ?? tile.LastTerrain;
        Blocks = role switch
        {
            { Overhead: true } => tile.SaysBlocks && role is { Free: false, Blocks: null },
            { Blocks: true } => !tile.Walkable,
            { Blocks: false } => tile.Blocks ?? false,
            { Walls: true } when tile.Terrain is null => tile.Blocks ?? true,
            _ => tile.Blocks ?? tile.LastBlocks ?? false,
        };
        Walkable = tile.Walkable || (!Blocks && (role.Walkable || (role.Blocks == false && tile.Terrain is null)));
    }

    public TileTraits Tile { get; }

    public LayerRole Role { get; }

    public Terrain? Terrain { get; }

    public bool Blocks { get; }

    public bool Walkable { get; }
}

/// <summary>What is known about a tile while layers are laid on it: four bytes, since a map may have 64 Mi of them.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct TiledCell
{
    public const byte Unknown = 255;

    public byte Terrain;
    public Marks Flags;
    public byte Cost;
    public byte Paint;

    public readonly bool Is(Marks mark) => (Flags & mark) != Marks.None;

    /// <summary>Lays one more tile on what is there, and tells whether it is what one sees.</summary>
    public bool Lay(in LaidTile laid)
    {
        var (tile, role) = (laid.Tile, laid.Role);
        var first = !Is(Marks.Covered);
        Flags |= Marks.Covered;
        if (role.Overhead || role.Marker)
        {
            Flags |= laid.Blocks ? Marks.Blocks : Marks.None;
            Flags |= role.Overhead && laid.Terrain == Maps.Terrain.Wood ? Marks.Hides : Marks.None;
            Terrain = role.Marker && laid.Terrain is { } marked ? (byte)marked : Terrain;
            return first || laid.Terrain is not null || (role.Overhead && tile.Painted is not null);
        }

        if (role.Decoration && !laid.Blocks && tile.Terrain is null)
        {
            return false;
        }

        if (laid.Terrain is { } now)
        {
            Become(now);
            Flags |= tile.Terrain is null ? Marks.FromLayer : Marks.None;
        }
        else if (laid.Blocks)
        {
            Terrain = (byte)Maps.Terrain.Wall;
            Cost = 0;
        }
        else if (role.Ground || (Is(Marks.FromLayer) && Flows((Terrain)Terrain)))
        {
            // Land that is laid over a layer of water is land.
            Terrain = Unknown;
            Flags &= ~(Marks.FromLayer | Marks.Sinks);
        }

        var sinks = tile.Terrain is { } own && Flows(own) && role.Blocks != true;
        Flags |= laid.Blocks ? (sinks ? Marks.Sinks : Marks.Blocks) : Marks.None;
        Flags |= (tile.Blocks == false ? Marks.Open : Marks.None) | (laid.Walkable ? Marks.Walkable : Marks.None);
        Flags |= (tile.Hides == true ? Marks.Hides : Marks.None) | (tile.Hides == false || tile.Low || role.Low ? Marks.Clear : Marks.None);
        Cost = tile.Cost is { } cost ? (byte)cost : Cost;
        return true;
    }

    /// <summary>What a shape of an object layer does to the tiles that it covers.</summary>
    public void Cover(in ObjectMeaning meaning)
    {
        Flags |= Marks.Covered | (meaning.Blocks ? Marks.Blocks : Marks.None);
        if (meaning.Terrain is { } terrain)
        {
            Become(terrain);
            Flags |= meaning.Walkable ? Marks.Walkable : Marks.None;
        }
    }

    /// <summary>What comes out.</summary>
    public readonly Ground Ground(RuleContext rule)
    {
        var said = Is(Marks.Blocks | Marks.Sinks);
        var terrain = Terrain != Unknown ? (Terrain)Terrain : said ? Maps.Terrain.Wall : rule.Unknown;
        var nature = rule.GroundOf(terrain);
        var stands = terrain is Maps.Terrain.Wall or Maps.Terrain.Rock;
        var blocks = said || (nature.Blocks && !Is(Marks.Walkable) && !(stands && Is(Marks.Open)));
        var flat = terrain is Maps.Terrain.DeepWater or Maps.Terrain.ShallowWater or Maps.Terrain.Lava or Maps.Terrain.Void;
        var hides = Is(Marks.Hides) || (!Is(Marks.Clear) && (said ? !flat : nature.Hides && !(stands && !blocks)));
        return new Ground(terrain, blocks, hides, Cost > 0 ? Cost : nature.Cost);
    }

    /// <summary>A bridge, a path or an island over what blocks by its kind opens it; what was said to block in so many words still does.</summary>
    private void Become(Terrain terrain)
    {
        Flags &= ~(Marks.FromLayer | Marks.Open | Marks.Walkable | (Flows(terrain) ? Marks.None : Marks.Sinks));
        Terrain = (byte)terrain;
        Cost = 0;
    }

    private static bool Flows(Terrain terrain) =>
        terrain is Maps.Terrain.DeepWater or Maps.Terrain.ShallowWater or Maps.Terrain.Marsh or Maps.Terrain.Lava or Maps.Terrain.Void;
}
