using System.Text;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class TiledFormatTests
{
    private const string Water = """<tile id="1"><properties><property name="terrain" value="deep water"/></properties></tile>""";

    [Theory]
    [InlineData("csv", "")]
    [InlineData("xml", "")]
    [InlineData("base64", "")]
    [InlineData("base64", "gzip")]
    [InlineData("base64", "zlib")]
    [InlineData("base64", "zstd")]
    public void LayerData_InAnyEncoding_GivesTheSameMap(string encoding, string compression)
    {
        var map = MapFiles.Map(MapFiles.Tmx(3, 2, Water, $"""<layer name="a" width="3" height="2">{MapFiles.Data(encoding, compression, 1, 2, 0, 1, 1, 2)}</layer>"""));

        Assert.Equal([false, true, true, false, false, true], Blocks(map));
        Assert.Equal(Terrain.Void, map[2, 0].Terrain);
        Assert.Equal(Terrain.DeepWater, map[2, 1].Terrain);
    }

    [Fact]
    public void FlippedTiles_AreTheTilesThatTheyFlip()
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 1, Water, MapFiles.Layer("a", 4, 1, $"{2u | 0x8000_0000},{2u | 0x4000_0000},{2u | 0x2000_0000},{1u | 0x1000_0000}")));

        Assert.Equal([true, true, true, false], Blocks(map));
    }

    [Theory]
    [InlineData("[1, 2, 0, 1, 1, 2]", "")]
    [InlineData("", "")]
    [InlineData("", "zlib")]
    public void Tmj_SaysTheSameAsTmx(string numbers, string compression)
    {
        var data = numbers.Length > 0
            ? $"\"data\": {numbers}"
            : $"\"data\": \"{MapFiles.Base64(compression, 1, 2, 0, 1, 1, 2)}\", \"encoding\": \"base64\", \"compression\": \"{compression}\"";
        var json = $$"""
            { "type": "map", "orientation": "orthogonal", "width": 3, "height": 2, "tilewidth": 16, "tileheight": 16, "infinite": false,
              "layers": [ { {{data}}, "name": "a", "type": "tilelayer", "width": 3, "height": 2, "visible": true, "opacity": 1 },
                          { "name": "o", "type": "objectgroup", "objects": [ { "id": 1, "name": "", "type": "Treasure", "x": 16, "y": 16, "width": 16, "height": 16,
                            "properties": [ { "name": "points", "type": "int", "value": 25 } ] } ] } ],
              "tilesets": [ { "firstgid": 1, "name": "set", "tilewidth": 16, "tileheight": 16, "tilecount": 64, "columns": 8, "image": "set.png",
                "tiles": [ { "id": 1, "properties": [ { "name": "terrain", "type": "string", "value": "deep water" } ] } ] } ] }
            """;
        var other = MapFiles.Map(MapFiles.Tmx(3, 2, Water, MapFiles.Layer("a", 3, 2, "1,2,0,1,1,2")
            + $"""<objectgroup name="o"><object id="1" type="Treasure" x="16" y="16" width="16" height="16">{MapFiles.Property("points", "25")}</object></objectgroup>"""));

        var read = MapFiles.Read("test.json", json);

        Assert.Equal("Tiled TMJ", read.Report.Format);
        Assert.Equal(other.Hash, read.Map.Hash);
        Assert.Equal(new MapObject(MapObjectKind.Treasure, "Treasure", Tile.At(1, 1), 25), Assert.Single(read.Map.Objects));
    }

    [Fact]
    public void Tmj_OfOldVersions_KeepsPropertiesByNumber()
    {
        var json = """
            { "orientation": "orthogonal", "width": 2, "height": 1, "tilewidth": 16, "tileheight": 16,
              "layers": [ { "data": [1, 2], "name": "a", "type": "tilelayer", "width": 2, "height": 1 } ],
              "tilesets": [ { "firstgid": 1, "name": "set", "tilewidth": 16, "tileheight": 16, "imagewidth": 32, "imageheight": 16, "image": "a.png", "tileproperties": { "1": { "collides": true } } } ] }
            """;

        Assert.Equal([false, true], Blocks(MapFiles.Read("test.json", json).Map));
    }

    [Fact]
    public void InfiniteMap_WithNegativeChunks_IsShiftedToTheOrigin()
    {
        var chunk = string.Join(',', Enumerable.Repeat("1", 16));
        var wet = string.Join(',', Enumerable.Repeat("2", 16));
        var map = MapFiles.Map(MapFiles.Tmx(30, 20, Water, $"""
            <layer name="a" width="30" height="20"><data encoding="csv"><chunk x="-4" y="-8" width="4" height="4">{chunk}</chunk><chunk x="4" y="-4" width="4" height="4">{wet}</chunk></data></layer>
            <objectgroup name="o"><object id="1" name="start" x="-60" y="-100"><point/></object></objectgroup>
            """, "infinite=\"1\""));

        Assert.Equal((12, 8), (map.Width, map.Height));
        Assert.Equal(Terrain.DeepWater, map[11, 7].Terrain);
        Assert.True(map.IsOpen(0, 0));
        Assert.Equal(Tile.At(0, 1), Assert.Single(map.Objects).Tile);
    }

    [Fact]
    public void InfiniteTmj_WithCompressedChunks_IsRead()
    {
        var json = $$"""
            { "type": "map", "orientation": "orthogonal", "width": 0, "height": 0, "tilewidth": 16, "tileheight": 16, "infinite": true,
              "layers": [ { "type": "group", "name": "g", "layers": [ { "chunks": [ { "data": "{{MapFiles.Base64("zstd", 1, 2, 2, 1)}}", "height": 2, "width": 2, "x": -2, "y": 6 } ],
                "compression": "zstd", "encoding": "base64", "name": "a", "type": "tilelayer", "startx": -2, "starty": 6, "width": 2, "height": 2 } ] } ],
              "tilesets": [ { "firstgid": 1, "name": "set", "tilewidth": 16, "tileheight": 16, "tilecount": 4, "columns": 2, "image": "a.png", "tiles": [ { "id": 1, "type": "wall" } ] } ] }
            """;

        Assert.Equal([false, true, true, false], Blocks(MapFiles.Read("test.tmj", json).Map));
    }

    [Fact]
    public void Groups_ShiftAndHideAndNameTheirLayers()
    {
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, "", $"""
            {MapFiles.Layer("ground", 3, 1, "1,1,1")}
            <group name="Collisions" offsetx="16"><group name="inner">{MapFiles.Layer("a", 3, 1, "1,0,0")}</group></group>
            <group name="hidden" visible="0">{MapFiles.Layer("water", 3, 1, "1,1,1")}</group>
            """));

        Assert.Equal([false, true, false], Blocks(map));
    }

    [Theory]
    [InlineData("tiles/set.tsx", "tiles/set.tsx")]
    [InlineData("../tiles/set.tsx", "tiles/set.tsx")]
    [InlineData("../../far/away/set.tsx", "set.tsx")]
    [InlineData(@"C:\art\set.tsx", "set.tsx")]
    [InlineData("/etc/set.tsx", "SET.TSX")]
    public void ExternalTileset_InAnUpload_IsFoundByPathOrName(string source, string uploaded)
    {
        var map = MapFiles.Read(
            "test.tmx",
            $"""<map orientation="orthogonal" width="2" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="{source}"/>{MapFiles.Layer("a", 2, 1, "1,2")}</map>""",
            (uploaded, """<tileset name="set" tilewidth="16" tileheight="16" tilecount="2" columns="2"><tile id="1"><properties><property name="solid" type="bool" value="true"/></properties></tile></tileset>""")).Map;

        Assert.Equal([false, true], Blocks(map));
    }

    [Fact]
    public void ExternalTileset_InJson_IsRead()
    {
        var map = MapFiles.Read(
            "test.tmx",
            $"""<map orientation="orthogonal" width="2" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="set.json"/>{MapFiles.Layer("a", 2, 1, "1,2")}</map>""",
            ("set.json", """{ "type": "tileset", "name": "set", "tilewidth": 16, "tileheight": 16, "tilecount": 2, "columns": 2, "tiles": [ { "id": 1, "properties": [ { "name": "walkable", "type": "bool", "value": false } ] } ] }""")).Map;

        Assert.Equal([false, true], Blocks(map));
    }

    [Fact]
    public void Template_GivesItsObjectsWhatTheyLack()
    {
        var map = MapFiles.Read(
            "test.tmx",
            MapFiles.Tmx(2, 2, "", MapFiles.Layer("a", 2, 2, "1,1,1,1") + """<objectgroup name="o"><object id="1" template="chest.tx" x="16" y="0"/></objectgroup>"""),
            ("chest.tx", $"""<template><object name="old chest" width="16" height="16">{MapFiles.Property("score", "7")}</object></template>""")).Map;

        Assert.Equal(new MapObject(MapObjectKind.Treasure, "old chest", Tile.At(1, 0), 7), Assert.Single(map.Objects));
    }

    [Fact]
    public void TemplatesTile_IsTheMapsOwn_ByTheTilesetThatBothName()
    {
        const string Tileset = """<tileset name="set" tilewidth="16" tileheight="16" tilecount="8" columns="8"><tile id="3" class="chest"/></tileset>""";
        var map = MapFiles.Read(
            "test.tmx",
            $"""<map orientation="orthogonal" width="2" height="2" tilewidth="16" tileheight="16"><tileset firstgid="11" source="art/set.tsx"/>{MapFiles.Layer("a", 2, 2, "11,11,11,11")}<objectgroup name="o"><object id="1" template="art/box.tx" x="16" y="32"/></objectgroup></map>""",
            ("art/set.tsx", Tileset),
            ("art/box.tx", """<template><tileset firstgid="1" source="set.tsx"/><object gid="4"/></template>""")).Map;

        Assert.Equal(new MapObject(MapObjectKind.Treasure, "chest", Tile.At(1, 1)), Assert.Single(map.Objects));
    }

    [Fact]
    public void ExternalTileset_NamedManyTimes_IsReadOnce()
    {
        var files = new Counted(
            ("test.tmx", $"""<map orientation="orthogonal" width="3" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="set.tsx"/><tileset firstgid="11" source="./set.tsx"/><tileset firstgid="21" source="art/../set.tsx"/>{MapFiles.Layer("a", 3, 1, "2,12,21")}</map>"""),
            ("set.tsx", """<tileset name="set" tilewidth="16" tileheight="16" tilecount="10" columns="2"><tile id="1"><properties><property name="solid" value="true"/></properties></tile></tileset>"""));

        var map = MapReader.Read("test.tmx", files);

        Assert.Equal([true, true, false], Blocks(map));
        Assert.Equal(["test.tmx", "set.tsx"], files.Asked);
    }

    [Fact]
    public void ByteOrderMarkAndHarmlessDoctype_AreRead()
    {
        var text = MapFiles.Tmx(1, 1, "", MapFiles.Layer("a", 1, 1, "1")).Replace("<map ", "<!DOCTYPE map SYSTEM \"http://mapeditor.org/dtd/1.0/map.dtd\">\n<map ", StringComparison.Ordinal);
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)];

        Assert.Equal(1, MapReader.Read("a.tmx", new UploadedMapFiles([KeyValuePair.Create("a.tmx", bytes)])).OpenTiles);
    }

    private sealed class Counted(params (string Name, string Text)[] files) : IMapFiles
    {
        public List<string> Asked { get; } = [];

        public byte[]? Read(string path)
        {
            Asked.Add(path);
            return files.Where(file => file.Name == path).Select(file => Encoding.UTF8.GetBytes(file.Text)).FirstOrDefault();
        }
    }

    private static IEnumerable<bool> Blocks(TileMap map) => map.GroundBits.ToArray().Select(bits => Ground.FromBits(bits).Blocks);
}
