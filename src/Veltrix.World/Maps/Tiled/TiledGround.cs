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
    private readonly Paints _paints = new();
    private readonly Dictionary<uint, TileTraits> _traits = [];
    private readonly List<MapObject> _objects = [];
    private readonly List<string> _layers = [];
    private readonly Coverage _coverage;
    private TiledCell[]? _laid;
    private bool _saidWhatBlocks;
    private bool _hasGround;

    public TiledGround(string file, TiledMap map, MapReadOptions options, MapNotes notes)
    {
        _file = file;
        _map = map;
        _notes = notes;
        _rule = new RuleContext(map, options);
        _coverage = new Coverage(map, file);
    }

    public IEnumerable<string> Layers => _layers;

    /// <summary>Made when the first tiles are there: a file that only claims to be large takes no memory.</summary>
    private TiledCell[] Cells
    {
        get
        {
            if (_laid is null)
            {
                _laid = new TiledCell[_map.Width * _map.Height];
                _laid.AsSpan().Fill(new TiledCell { Terrain = TiledCell.Unknown, Paint = _paints.IndexOf(TerrainColours.Of(Terrain.Void)) });
            }

            return _laid;
        }
    }

    public TileMap Build(string name)
    {
        var placed = new List<(TiledLayer Layer, LayerRole Role)>();
        foreach (var layer in _map.Layers)
        {
            var role = LayerRole.Of(layer, _rule);
            _layers.Add($"{(layer.Groups.Length > 0 ? layer.Groups + "/" : "")}{layer.Name}: {role.Describe(layer)}");
            _hasGround |= !role.Ignored && !role.Overhead && role.Blocks != true && layer.Chunks.Count > 0
                && !(role is { Blocks: null, Terrain: { } whole } && _rule.GroundOf(whole).Blocks);
            foreach (var chunk in layer.Chunks)
            {
                // One that is left out is read all the same: damage is told, whoever looks at it.
                chunk.Data.Visit((first, gids) => Lay(layer, chunk, role, first, gids));
            }

            if (layer.Objects is not null && !role.Ignored)
            {
                placed.Add((layer, role));
            }
        }

        Place(placed);
        return Finish(name);
    }

    private void Lay(TiledLayer layer, TiledChunk chunk, LayerRole role, int first, ReadOnlySpan<uint> gids)
    {
        if (role.Ignored)
        {
            return;
        }

        var cells = Cells;
        long left = chunk.X - _map.OriginX + (long)Math.Round(layer.OffsetX / _map.TileWidth);
        long top = chunk.Y - _map.OriginY + (long)Math.Round(layer.OffsetY / _map.TileHeight);
        uint lastGid = 0;
        LaidTile laid = default;
        byte? paint = null;
        for (var i = 0; i < gids.Length; i++)
        {
            var gid = gids[i] & GidMask;
            if (gid == 0)
            {
                continue;
            }

            var (row, column) = Math.DivRem(first + i, chunk.Width);
            if (gid != lastGid)
            {
                lastGid = gid;
                laid = new LaidTile(Traits(gid) ?? throw Outside(layer, gid, column + chunk.X, row + chunk.Y), role);
                paint = null;
                _saidWhatBlocks |= laid.Blocks || (!role.Overhead && laid.Terrain is { } known && _rule.GroundOf(known).Blocks);
            }

            long x = left + column, y = top + row;
            if (x >= 0 && y >= 0 && x < _map.Width && y < _map.Height)
            {
                ref var cell = ref cells[(y * _map.Width) + x];
                if (cell.Lay(laid))
                {
                    cell.Paint = paint ??= PaintOf(laid);
                }

                Find(laid, Tile.At((int)x, (int)y), layer);
            }
        }
    }

    /// <summary>A tile of a tile layer can be a treasure or a spawn point too.</summary>
    private void Find(in LaidTile laid, Tile at, TiledLayer layer)
    {
        var kind = laid.Tile.Kind != MapObjectKind.Other ? laid.Tile.Kind : laid.Role.KindOfTiles;
        if (kind != MapObjectKind.Other && _objects.Count < MostPlaced)
        {
            _objects.Add(new MapObject(kind, Called(laid.Tile.Class.Length > 0 ? laid.Tile.Class : layer.Name), at, laid.Tile.Points > 0 ? laid.Tile.Points : laid.Role.Points));
        }
    }

    private byte PaintOf(in LaidTile laid)
    {
        var tile = laid.Tile;
        var colour = tile.Painted
            ?? (laid.Terrain is { } known ? TerrainColours.Mix(TerrainColours.Of(known), tile.Tint, 12)
            : laid.Blocks && !laid.Role.Overhead ? TerrainColours.Mix(TerrainColours.Of(Terrain.Wall), tile.Tint, 70)
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
                    _coverage.Visit(item, layer.OffsetX, layer.OffsetY, at => Cover(ref Cells[at], meaning));
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
                _coverage.Visit(item, layer.OffsetX, layer.OffsetY, at => Cover(ref Cells[at], new(null, Blocks: true, null, Walkable: false)));
            }
        }

        _notes.Add(guessed > 0
            ? $"Nothing says what blocks, so the {guessed} nameless shapes of the object layers do; name a layer \"Collision\", or give tiles a property \"collides\"."
            : "Nothing says what blocks, so one can walk wherever a tile lies; name a layer \"Collision\", or give tiles a property \"collides\".");
    }

    private void Cover(ref TiledCell cell, in ObjectMeaning meaning)
    {
        cell.Cover(meaning);
        cell.Paint = meaning.Terrain is { } terrain ? _paints.IndexOf(TerrainColours.Of(terrain)) : cell.Paint;
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

        var cells = Cells;
        var ground = new ushort[cells.Length];
        int covered = 0, open = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Is(Marks.Covered))
            {
                var made = cells[i].Ground(_rule);
                ground[i] = made.Bits;
                covered++;
                open += made.Blocks ? 0 : 1;
            }
        }

        if (empty.Blocks && _rule.Options.EmptyBlocks && open * 50L < covered && covered < cells.Length)
        {
            _notes.Add("Nearly all that is drawn blocks, as in a map that is seen from the side: what it leaves empty is open ground.");
            empty = _rule.GroundOf(_rule.Unknown);
        }

        var paint = new byte[cells.Length];
        var unseen = _paints.IndexOf(TerrainColours.Of(empty.Terrain));
        var obstacle = _paints.IndexOf(TerrainColours.Of(Terrain.Wall));
        for (var i = 0; i < cells.Length; i++)
        {
            var bare = !cells[i].Is(Marks.Covered);
            ground[i] = bare ? empty.Bits : ground[i];
            paint[i] = bare ? unseen : cells[i].Is(Marks.Blocks) && cells[i].Terrain == TiledCell.Unknown ? obstacle : cells[i].Paint;
        }

        _laid = null;
        return new TileMap(name, _map.Width, _map.Height, ground, paint, [.. _paints.Colours], [.. _objects]);
    }

    private TileTraits? Traits(uint gid)
    {
        if (_traits.TryGetValue(gid, out var known))
        {
            return known;
        }

        var owner = TiledTileset.Of(_map.Tilesets, gid);
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
}
