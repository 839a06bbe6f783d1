using System.Text;
using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class MapErrorTests
{
    [Theory]
    [InlineData("isometric")]
    [InlineData("hexagonal")]
    [InlineData("staggered")]
    public void OtherOrientations_AreRefusedByName(string orientation)
    {
        var error = MapFiles.Error(MapFiles.Tmx(1, 1, "", "").Replace("orthogonal", orientation, StringComparison.Ordinal));

        Assert.StartsWith("test.tmx", error, StringComparison.Ordinal);
        Assert.Contains(orientation, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<map", "no complete XML")]
    [InlineData("{ \"layers\": [", "no complete JSON")]
    [InlineData("", "no map that Veltrix knows")]
    [InlineData("hello", "no map that Veltrix knows")]
    [InlineData("<tileset name=\"a\" tilewidth=\"1\" tileheight=\"1\"/>", "not a map")]
    [InlineData("<html><body/></html>", "not a map")]
    [InlineData("<map width=\"2\" height=\"2\" tilewidth=\"16\"/>", "no tileheight")]
    [InlineData("<map width=\"2\" height=\"2\" tilewidth=\"0\" tileheight=\"16\"/>", "at least one")]
    [InlineData("<map width=\"x\" height=\"2\" tilewidth=\"16\" tileheight=\"16\"/>", "no whole number")]
    [InlineData("<map width=\"0\" height=\"2\" tilewidth=\"16\" tileheight=\"16\"/>", "at least 1")]
    [InlineData("<map width=\"100000\" height=\"2\" tilewidth=\"16\" tileheight=\"16\"/>", "cut it into several maps")]
    [InlineData("<map width=\"16000\" height=\"16000\" tilewidth=\"16\" tileheight=\"16\"/>", "cut it into several maps")]
    public void BrokenFile_IsToldInASentence(string text, string part) => Assert.Contains(part, MapFiles.Error(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("""<data encoding="csv">1,1,1</data>""", "fewer than the 4 tiles")]
    [InlineData("""<data encoding="csv">1,1,1,1,1</data>""", "more than the 4 tiles")]
    [InlineData("""<data encoding="csv">1,1,,11</data>""", "is empty")]
    [InlineData("""<data encoding="csv">1,1,x,1</data>""", "character 'x'")]
    [InlineData("""<data encoding="csv">1,1,99999999999,1</data>""", "no tile number")]
    [InlineData("""<data encoding="csv">1,1,999,1</data>""", "the number 999, which no tileset")]
    [InlineData("""<data encoding="base64">AQAAAAE=</data>""", "fewer than the 4 tiles")]
    [InlineData("""<data encoding="base64">?!</data>""", "no base64")]
    [InlineData("""<data encoding="base64" compression="zlib">AAAAAAAAAAAA</data>""", "damaged")]
    [InlineData("""<data encoding="base64" compression="gzip">AAAAAAAAAAAA</data>""", "damaged")]
    [InlineData("""<data encoding="base64" compression="zstd">AAAAAAAAAAAA</data>""", "damaged")]
    [InlineData("""<data encoding="base64" compression="lzma">AAAA</data>""", "\"lzma\"")]
    [InlineData("""<data encoding="hex">AAAA</data>""", "\"hex\"")]
    [InlineData("<data><tile gid=\"1\"/></data>", "fewer than the 4 tiles")]
    [InlineData("<data/>", "fewer than the 4 tiles")]
    [InlineData("", "no data")]
    public void LayerThatLies_IsNamed(string data, string part)
    {
        var error = MapFiles.Error(MapFiles.Tmx(2, 2, "", $"""<layer name="Base" width="2" height="2">{data}</layer>"""));

        Assert.StartsWith("test.tmx", error, StringComparison.Ordinal);
        Assert.Contains("\"Base\"", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zlib")]
    [InlineData("zstd")]
    public void ZipBomb_IsReadNoFurtherThanDeclared(string compression)
    {
        var bomb = MapFiles.Base64(compression, new uint[8 * 1024 * 1024]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = MapFiles.Error(MapFiles.Tmx(2, 2, "", $"""<layer name="Base" width="2" height="2"><data encoding="base64" compression="{compression}">{bomb}</data></layer>"""));

        Assert.Contains("more than the 4 tiles", error, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
    }

    [Fact]
    public void DeclaredSize_IsNotAllocatedBeforeTheDataIsThere()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var csv = MapFiles.Error(MapFiles.Tmx(8000, 8000, "", MapFiles.Layer("Base", 8000, 8000, "1,1")));
        var zlib = MapFiles.Error(MapFiles.Tmx(8000, 8000, "", $"""<layer name="Base" width="8000" height="8000">{MapFiles.Data("base64", "zlib", 1, 1)}</layer>"""));

        Assert.Contains("fewer than the 64000000 tiles", csv, StringComparison.Ordinal);
        Assert.Contains("fewer than the 64000000 tiles", zlib, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public void ManyLayers_AreLaidOneByOne_AndTakeNoMoreMemoryThanOne()
    {
        const int Side = 1_900;
        var layers = $"""<layer name="ground" width="{Side}" height="{Side}">{Full(Side, 1)}</layer>""" + string.Concat(Enumerable.Repeat($"""<layer name="more" width="{Side}" height="{Side}">{Full(Side, 0)}</layer>""", 39));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var map = MapFiles.Map(MapFiles.Tmx(Side, Side, "", layers));

        Assert.Equal(Side * Side, map.OpenTiles);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * Side * Side);
    }

    [Fact]
    public void MoreLayersThanAnybodyWaitsFor_AreRefusedUnread()
    {
        var layers = string.Concat(Enumerable.Repeat("""<layer name="bomb" width="8192" height="8192"><data encoding="base64" compression="zlib">AAAA</data></layer>""", 9));

        Assert.Contains("more than 536870912 tiles", MapFiles.Error(MapFiles.Tmx(8192, 8192, "", layers)), StringComparison.Ordinal);
    }

    [Fact]
    public void TilesetsOfManyMegabytes_AreRefused()
    {
        var large = "<tileset name=\"a\" tilewidth=\"16\" tileheight=\"16\" tilecount=\"1\" columns=\"1\"/>" + new string(' ', 33 * 1024 * 1024);
        var error = MapFiles.Error("""<map width="1" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="a.tsx"/><tileset firstgid="2" source="b.tsx"/></map>""", "test.tmx", ("a.tsx", large), ("b.tsx", large));

        Assert.StartsWith("test.tmx: with b.tsx its tilesets", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, 1, 1]", "fewer than the 4 tiles")]
    [InlineData("[1, 1, 1, 1, 1]", "more than the 4 tiles")]
    [InlineData("[1, 1, -1, 1]", "no tile number")]
    [InlineData("[1, 1, [1], 1]", "no tile number")]
    [InlineData("[]", "fewer than the 4 tiles")]
    public void JsonLayerThatLies_IsNamed(string data, string part)
    {
        var json = $$"""
            { "orientation": "orthogonal", "width": 2, "height": 2, "tilewidth": 16, "tileheight": 16, "tilesets": [ { "firstgid": 1, "name": "set", "tilewidth": 16, "tileheight": 16, "tilecount": 4, "columns": 2 } ],
              "layers": [ { "type": "tilelayer", "name": "Base", "width": 2, "height": 2, "data": {{data}} } ] }
            """;
        var error = MapFiles.Error(json, "test.tmj");

        Assert.Contains("\"Base\"", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE map [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>")]
    [InlineData("<!DOCTYPE map [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>")]
    public void Entities_AreRefused(string doctype) =>
        Assert.Contains("entities", MapFiles.Error($"""<?xml version="1.0"?>{doctype}<map orientation="orthogonal" width="1" height="1" tilewidth="1" tileheight="1"><layer name="&a;"/></map>"""), StringComparison.Ordinal);

    [Fact]
    public void MissingTileset_IsNamedWithItsPlace()
    {
        var error = MapFiles.Error("""<map width="1" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="art/woods.tsx"/></map>""");

        Assert.Equal("test.tmx: the tileset \"art/woods.tsx\" is missing; put it beside the map as art/woods.tsx, or embed it in Tiled.", error);
    }

    [Fact]
    public void BrokenTileset_IsNamedItself()
    {
        var error = MapFiles.Error("""<map width="1" height="1" tilewidth="16" tileheight="16"><tileset firstgid="1" source="woods.tsx"/></map>""", "test.tmx", ("woods.tsx", "<tileset name="));

        Assert.StartsWith("woods.tsx, line 1", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x=\"NaN\" y=\"1\"")]
    [InlineData("x=\"1\" y=\"Infinity\"")]
    [InlineData("x=\"1e300\" y=\"1\"")]
    [InlineData("x=\"1\" y=\"1\" gid=\"-4\"")]
    [InlineData("x=\"1\" y=\"1\" rotation=\"NaN\"")]
    public void ObjectThatLiesNowhere_IsNamed(string attributes) =>
        Assert.Contains("object \"lost\"", MapFiles.Error(MapFiles.Tmx(1, 1, "", $"""<objectgroup name="o"><object id="7" name="lost" {attributes}/></objectgroup>""")), StringComparison.Ordinal);

    [Fact]
    public void AbsurdNesting_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("<group name=\"g\">", 5_000)) + string.Concat(Enumerable.Repeat("</group>", 5_000));
        var json = string.Concat(Enumerable.Repeat("{\"layers\":[", 5_000));

        Assert.Contains("nested deeper", MapFiles.Error(MapFiles.Tmx(1, 1, "", deep)), StringComparison.Ordinal);
        Assert.Contains("JSON", MapFiles.Error(json), StringComparison.Ordinal);
    }

    [Fact]
    public void AbsurdNumberOfProperties_IsRefused()
    {
        var many = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"<property name=\"p{i}\" value=\"1\"/>"));

        Assert.Contains("2000 properties", MapFiles.Error(MapFiles.Tmx(1, 1, "", $"""<objectgroup name="o"><properties>{many}</properties></objectgroup>""")), StringComparison.Ordinal);
    }

    [Fact]
    public void ChunksFarApart_AreRefused()
    {
        var error = MapFiles.Error(MapFiles.Tmx(1, 1, "", """<layer name="a"><data encoding="csv"><chunk x="0" y="0" width="1" height="1">1</chunk><chunk x="900000" y="0" width="1" height="1">1</chunk></data></layer>""", "infinite=\"1\""));

        Assert.Contains("cut it into several maps", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingMap_IsNamed()
    {
        var error = Assert.Throws<MapException>(() => MapReader.Read("none.tmx", new UploadedMapFiles([])));

        Assert.StartsWith("none.tmx: there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedStoredMap_IsNamed()
    {
        var bytes = MapCodec.Encode(IslandGenerator.Generate(32, 32, 1));
        bytes[^20] ^= 1;

        Assert.StartsWith("a.vmap: ", Assert.Throws<MapException>(() => MapReader.Read("a.vmap", new UploadedMapFiles([KeyValuePair.Create("a.vmap", bytes)]))).Message, StringComparison.Ordinal);
    }

    private static string Full(int side, byte gid)
    {
        using var packed = new MemoryStream();
        using (var stream = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = Enumerable.Range(0, 4 * side).Select(i => i % 4 == 0 ? gid : (byte)0).ToArray();
            for (var y = 0; y < side; y++)
            {
                stream.Write(row);
            }
        }

        return $"""<data encoding="base64" compression="zlib">{Convert.ToBase64String(packed.ToArray())}</data>""";
    }

    [Fact]
    public void Text_InALegacyEncoding_IsReadOrRefused()
    {
        var bytes = Encoding.Latin1.GetBytes(MapFiles.Tmx(1, 1, "", MapFiles.Layer("Wälder", 1, 1, "1")));

        Assert.Throws<MapException>(() => MapReader.Read("a.tmx", new UploadedMapFiles([KeyValuePair.Create("a.tmx", bytes)])));
    }
}
