using System.Runtime.InteropServices;

namespace Veltrix.World.Maps.Tiled;

/// <summary>
/// Lays a Tiled map's layers on each other, bottom first, and makes a <see cref="TileMap"/> of what comes out, by the rule that the README
/// one folder up tells in prose.
/// </summary>
internal sealed class TiledGround
{
    private const uint GidMask = 0x0FFF_FFFF;
    private const int MostKinds = 1 << 20;
    private const int MostPlaced = 20_000;
    private const int MostObjects = 100_000;

    private readonly string _file;
    private readonly TiledMap _map;
    private readonly MapNotes _notes;
    private readonly RuleContext _rule;
    private readonly Cell[] _cells;
    private readonly Paints _paints = new();
    private readonly Dictionary<uint, TileTraits> _traits = [];
    private readonly List<MapObject> _objects = [];
    private readonly List<string> _layers = [];
    private readonly Coverage _coverage;
    private bool _saidWhatBlocks;
    private bool _hasGround;

    public TiledGround(string file, TiledMap map, MapReadOptions options, MapNotes notes)
    {
        _file = file;
        _map = map;
        _notes = notes;
        _rule = new RuleContext(map, options);
        _cells = new Cell[map.Width * map.Height];
        _coverage = new Coverage(map, file);
        _cells.AsSpan().Fill(new Cell { Terrain = Cell.Unknown, Paint = _paints.IndexOf(TerrainColours.Of(Terrain.Void)) });
    }

    public IEnumerable<string> Layers => _layers;

    public TileMap Build(string name)
    {
        var placed = new List<(TiledLayer Layer, LayerRole Role)>();
        foreach (var layer in _map.Layers)
        {
            var role = LayerRole.Of(layer, _rule);
            _layers.Add($"{(layer.Groups.Length > 0 ? layer.Groups + "/" : "")}{layer.Name}: {role.Describe(layer)}");
            if (role.Ignored)
            {
                continue;
            }

            _hasGround |= !role.Overhead && role.Blocks != true && !(role.Terrain is { } whole && _rule.GroundOf(whole).Blocks) && layer.Chunks.Count > 0;
            foreach (var chunk in layer.Chunks)
            {
                Lay(layer, chunk, role);
            }

            if (layer.Objects is not null)
            {
                placed.Add((layer, role));
            }
        }

        Place(placed);
        return Finish(name);
    }

    private void Lay(TiledLayer layer, TiledChunk chunk, LayerRole role)
    {
        long left = chunk.X - _map.OriginX + (long)Math.Round(layer.OffsetX / _map.TileWidth);
        long top = chunk.Y - _map.OriginY + (long)Math.Round(layer.OffsetY / _map.TileHeight);
        uint lastGid = 0;
        TileTraits? last = null;
        for (var i = 0; i < chunk.Gids.Length; i++)
        {
            var gid = chunk.Gids[i] & GidMask;
            if (gid == 0)
            {
                continue;
            }

            if (gid != lastGid || last is null)
            {
                (lastGid, last) = (gid, Traits(gid) ?? throw Outside(layer, gid, i % chunk.Width + chunk.X, i / chunk.Width + chunk.Y));
            }

            long x = left + (i % chunk.Width), y = top + (i / chunk.Width);
            if (x >= 0 && y >= 0 && x < _map.Width && y < _map.Height)
            {
                Lay(ref _cells[(y * _map.Width) + x], last, role);
                if (last.Kind != MapObjectKind.Other && _objects.Count < MostPlaced)
                {
                    _objects.Add(new MapObject(last.Kind, Called(last.Class), Tile.At((int)x, (int)y), last.Points));
                }
            }
        }
    }

    private void Lay(ref Cell cell, TileTraits tile, LayerRole role)
    {
        var terrain = tile.Terrain ?? role.Terrain;
        var first = !cell.Is(Marks.Covered);
        cell.Flags |= Marks.Covered;
        if (role.Overhead)
        {
            if (terrain is not null || tile.Painted is not null || first)
            {
                cell.Paint = PaintOf(tile, terrain, blocks: false);
            }

            cell.Flags |= terrain == Terrain.Wood ? Marks.Hides : Marks.None;
            return;
        }

        var blocks = role.Blocks switch
        {
            true => !tile.Walkable,
            _ => tile.Blocks ?? false,
        };
        _saidWhatBlocks |= blocks || (terrain is { } known && _rule.GroundOf(known).Blocks);
        if (role.Marker)
        {
            cell.Flags |= blocks ? Marks.Blocks : Marks.None;
            cell.Terrain = tile.Terrain is { } marked ? (byte)marked : role.Terrain is { } named ? (byte)named : cell.Terrain;
            cell.Paint = first || terrain is not null ? PaintOf(tile, terrain, blocks) : cell.Paint;
            return;
        }

        if (role.Decoration && !blocks && tile.Terrain is null)
        {
            return;
        }

        if (terrain is { } now)
        {
            // A bridge, a floor or a path laid over what blocks opens it again.
            cell.Flags &= ~(now is Terrain.Path or Terrain.Floor ? Marks.Blocks | Marks.FromLayer | Marks.Open | Marks.Walkable : Marks.FromLayer | Marks.Open | Marks.Walkable);
            cell.Flags |= tile.Terrain is null ? Marks.FromLayer : Marks.None;
            cell.Terrain = (byte)now;
            cell.Cost = 0;
        }
        else if (blocks)
        {
            cell.Terrain = (byte)Terrain.Wall;
            cell.Cost = 0;
        }
        else if (cell.Is(Marks.FromLayer) || role.Ground)
        {
            // Land that is laid over a layer of water is land.
            cell.Terrain = Cell.Unknown;
            cell.Flags &= ~Marks.FromLayer;
        }

        cell.Flags |= ((blocks ? Marks.Blocks : Marks.None) | (tile.Blocks == false ? Marks.Open : Marks.None) | (tile.Walkable ? Marks.Walkable : Marks.None));
        cell.Flags |= ((tile.Hides == true ? Marks.Hides : Marks.None) | (tile.Hides == false || tile.Low || role.Low ? Marks.Clear : Marks.None));
        cell.Cost = tile.Cost is { } cost ? (byte)cost : cell.Cost;
        cell.Paint = PaintOf(tile, terrain, blocks);
    }

    private byte PaintOf(TileTraits tile, Terrain? terrain, bool blocks)
    {
        var colour = tile.Painted
            ?? (terrain is { } known ? TerrainColours.Mix(TerrainColours.Of(known), tile.Tint, 12)
            : blocks ? TerrainColours.Mix(TerrainColours.Of(Terrain.Wall), tile.Tint, 70)
            : TerrainColours.Mix(TerrainColours.Of(_rule.Unknown), tile.Tint, _rule.Unknown == Terrain.Grass ? 28 : 110));
        return _paints.IndexOf(colour);
    }

    private void Place(List<(TiledLayer Layer, LayerRole Role)> placed)
    {
        var place = new ObjectPlacer(_map, _rule, _notes, gid => Traits(gid & GidMask));
        foreach (var (layer, role) in placed)
        {
            foreach (var item in layer.Objects!)
            {
                var meaning = place.Judge(item, layer, role);
                if (meaning.Object is { } found)
                {
                    _objects.Add(found);
                }

                if (meaning.Blocks || meaning.Terrain is not null)
                {
                    _saidWhatBlocks |= meaning.Blocks || _rule.GroundOf(meaning.Terrain!.Value).Blocks;
                    _coverage.Visit(item, layer.OffsetX, layer.OffsetY, at => Cover(ref _cells[at], meaning));
                }
            }
        }

        if (!_saidWhatBlocks)
        {
            Guess(placed);
        }

        if (_objects.Count > MostObjects)
        {
            _notes.Add($"Only the first {MostObjects} of {_objects.Count} objects are kept.");
            _objects.RemoveRange(MostObjects, _objects.Count - MostObjects);
        }
    }

    /// <summary>Nothing says what blocks: nameless shapes, which many games use for that alone, are the next best thing.</summary>
    private void Guess(List<(TiledLayer Layer, LayerRole Role)> placed)
    {
        var guessed = 0;
        foreach (var (layer, _) in placed)
        {
            if (!layer.Objects!.Any() || !layer.Objects!.All(ObjectPlacer.IsBareShape))
            {
                continue;
            }

            foreach (var item in layer.Objects!)
            {
                guessed++;
                _coverage.Visit(item, layer.OffsetX, layer.OffsetY, at => Cover(ref _cells[at], new(null, true, null)));
            }
        }

        _notes.Add(guessed > 0
            ? $"Nothing says what blocks, so the {guessed} nameless shapes of the object layers do; name a layer \"Collision\", or give tiles a property \"collides\"."
            : "Nothing says what blocks, so one can walk wherever a tile lies; name a layer \"Collision\", or give tiles a property \"collides\".");
    }

    private void Cover(ref Cell cell, ObjectMeaning meaning)
    {
        cell.Flags |= (Marks.Covered | (meaning.Blocks ? Marks.Blocks : Marks.None));
        if (meaning.Terrain is { } terrain)
        {
            cell.Terrain = (byte)terrain;
            cell.Paint = _paints.IndexOf(TerrainColours.Of(terrain));
        }
    }

    private TileMap Finish(string name)
    {
        var empty = _rule.GroundOf(Terrain.Void);
        if (!_map.Layers.Any(layer => layer.Chunks.Count > 0))
        {
            _notes.Add("The map has no tile layer: its ground is open floor, except where shapes block it.");
            empty = _rule.GroundOf(_rule.Unknown);
        }
        else if (!_hasGround)
        {
            _notes.Add("All tile layers are obstacles or hang above players: what they leave empty is open ground.");
            empty = _rule.GroundOf(_rule.Unknown);
        }
        else if (!_rule.Options.EmptyBlocks)
        {
            empty = new Ground(Terrain.Void, blocks: false, hides: false);
        }

        var ground = new ushort[_cells.Length];
        var paint = new byte[_cells.Length];
        var unseen = _paints.IndexOf(TerrainColours.Of(empty.Terrain));
        var obstacle = _paints.IndexOf(TerrainColours.Of(Terrain.Wall));
        for (var i = 0; i < _cells.Length; i++)
        {
            ref var cell = ref _cells[i];
            var bare = !cell.Is(Marks.Covered);
            ground[i] = bare ? empty.Bits : GroundOf(cell).Bits;
            paint[i] = bare ? unseen : cell.Paint;
            if (cell.Is(Marks.Blocks) && cell.Terrain == Cell.Unknown)
            {
                paint[i] = obstacle;
            }
        }

        return new TileMap(name, _map.Width, _map.Height, ground, paint, [.. _paints.Colours], [.. _objects]);
    }

    private Ground GroundOf(Cell cell)
    {
        var terrain = cell.Terrain != Cell.Unknown ? (Terrain)cell.Terrain : cell.Is(Marks.Blocks) ? Terrain.Wall : _rule.Unknown;
        var nature = _rule.GroundOf(terrain);
        var stands = terrain is Terrain.Wall or Terrain.Rock;
        var blocks = cell.Is(Marks.Blocks) || (nature.Blocks && !cell.Is(Marks.Walkable) && !(stands && cell.Is(Marks.Open)));
        var flat = terrain is Terrain.DeepWater or Terrain.ShallowWater or Terrain.Lava or Terrain.Void;
        var hides = cell.Is(Marks.Hides) || (!cell.Is(Marks.Clear) && (cell.Is(Marks.Blocks) ? !flat : nature.Hides && !(stands && !blocks)));
        return new Ground(terrain, blocks, hides, cell.Cost > 0 ? cell.Cost : nature.Cost);
    }

    private TileTraits? Traits(uint gid)
    {
        if (_traits.TryGetValue(gid, out var known))
        {
            return known;
        }

        TiledTileset? owner = null;
        foreach (var set in _map.Tilesets)
        {
            owner = set.FirstGid <= gid ? set : owner;
        }

        var id = owner is null ? 0 : (int)(gid - (uint)owner.FirstGid);
        if (owner is null || id >= (owner.Count ?? MostKinds))
        {
            return null;
        }

        if (_traits.Count == MostKinds)
        {
            throw new MapException($"{_file}: it shows more than {MostKinds} different tiles; use fewer or smaller tilesets.");
        }

        return _traits[gid] = TileTraits.Of(owner, id, _rule);
    }

    private MapException Outside(TiledLayer layer, uint gid, int x, int y) =>
        new($"{_file}, layer \"{layer.Name}\": the tile at ({x}, {y}) has the number {gid}, which no tileset of the map has; add the tileset, or erase the tile in Tiled.");

    internal static string Called(string name)
    {
        name = string.Concat(name.Where(unit => !char.IsControl(unit)));
        return name.Length <= 100 ? name : name[..(char.IsHighSurrogate(name[99]) ? 99 : 100)];
    }

    /// <summary>What the layers said so far.</summary>
    [Flags]
    private enum Marks : byte
    {
        None = 0,

        /// <summary>Some layer has a tile here.</summary>
        Covered = 1,

        /// <summary>Something said that it blocks.</summary>
        Blocks = 2,

        /// <summary>The topmost tile said that it does not; water is deep all the same.</summary>
        Open = 4,

        /// <summary>The topmost tile said that one walks on it, whatever it is.</summary>
        Walkable = 8,
        Hides = 16,

        /// <summary>Something said that it does not hide what is behind it.</summary>
        Clear = 32,

        /// <summary>The terrain is that of the layer, not of the tile.</summary>
        FromLayer = 64,
    }

    /// <summary>What is known about a tile while layers are laid: four bytes, since a map may have 64 Mi of them.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 4)]
    private struct Cell
    {
        public const byte Unknown = 255;

        public byte Terrain;
        public Marks Flags;
        public byte Cost;
        public byte Paint;

        public readonly bool Is(Marks mark) => (Flags & mark) != Marks.None;
    }
}
