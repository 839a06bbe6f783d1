using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

/// <summary>What holds where a map says two things.</summary>
public class MapConflictTests
{
    [Theory]
    [InlineData("blocked", "false", "solid", "true")]
    [InlineData("solid", "true", "blocked", "false")]
    [InlineData("collide", "false", "walkable", "false")]
    [InlineData("walkable", "true", "collides", "true")]
    [InlineData("collides", "true", "passable", "yes")]
    [InlineData("collides", "false", "type", "obstacle")]
    public void WordsThatDisagree_OnOneThing_Block(string name, string value, string other, string otherValue)
    {
        var properties = $"""<properties><property name="{name}" value="{value}"/><property name="{other}" value="{otherValue}"/></properties>""";
        var tile = MapFiles.Map(MapFiles.Tmx(1, 1, $"""<tile id="0">{properties}</tile>""", MapFiles.Layer("a", 1, 1, "1")));
        var layer = MapFiles.Map(MapFiles.Tmx(1, 1, "", MapFiles.Layer("a", 1, 1, "1") + MapFiles.Layer("b", 1, 1, "1", properties)));
        var shape = MapFiles.Map(MapFiles.Tmx(1, 1, "", MapFiles.Layer("a", 1, 1, "1") + $"""<objectgroup name="o"><object id="1" x="0" y="0" width="16" height="16">{properties}</object></objectgroup>"""));

        Assert.Equal((false, false, false), (tile.IsOpen(0, 0), layer.IsOpen(0, 0), shape.IsOpen(0, 0)));
    }

    [Theory]
    [InlineData("type=\"Solid\"")]
    [InlineData("class=\"collider\"")]
    public void ClassThatBlocks_BlocksBesideAPropertyThatDoesNot(string attribute) =>
        Assert.False(MapFiles.Map(MapFiles.Tmx(1, 1, $"""<tile id="0" {attribute}>{MapFiles.Property("collides", "false")}</tile>""", MapFiles.Layer("a", 1, 1, "1"))).IsOpen(0, 0));

    [Theory]
    [InlineData("Path")]
    [InlineData("Floor")]
    [InlineData("Bridge")]
    public void PathOverACollisionLayer_StaysBlocked(string name)
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 1, MapFiles.Tile(4, "collides", "true"), string.Concat(
            MapFiles.Layer("ground", 4, 1, "1,1,1,1"),
            MapFiles.Layer("Collision", 4, 1, "0,2,0,0"),
            MapFiles.Layer("Walls", 4, 1, "0,0,3,0"),
            MapFiles.Layer("things", 4, 1, "0,0,0,5"),
            MapFiles.Layer(name, 4, 1, "4,4,4,4"))));

        Assert.Equal([true, false, false, false], Opens(map));
        Assert.True(map[0, 0].Terrain is Terrain.Path or Terrain.Floor);
    }

    [Theory]
    [InlineData("water")]
    [InlineData("lava")]
    [InlineData("void")]
    public void PathOverWhatBlocksByItsKind_IsOpen(string terrain)
    {
        var tiles = MapFiles.Tile(0, "terrain", terrain) + $"""<tile id="1"><properties><property name="terrain" value="{terrain}"/><property name="collides" value="true"/></properties></tile>""";
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("a", 3, 1, "1,2,2") + MapFiles.Layer("Bridge", 3, 1, "4,4,0")));

        Assert.Equal([true, true, false], Opens(map));
    }

    [Fact]
    public void PictureOnAWall_LeavesTheWall()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("ground", 2, 1, "1,1") + MapFiles.Layer("Walls", 2, 1, "0,2") + MapFiles.Layer("Tile Layer 3", 2, 1, "3,3")));

        Assert.Equal([true, false], Opens(map));
    }

    [Theory]
    [InlineData("collide", "false")]
    [InlineData("walkable", "true")]
    public void WaterLayer_ThatSaysThatItDoesNotBlock_IsOpen(string name, string value)
    {
        var tiles = MapFiles.Tile(1, "collides", "true");
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("water", 3, 1, "1,2,0", MapFiles.Property(name, value))));
        var shape = MapFiles.Map(MapFiles.Tmx(1, 1, "", MapFiles.Layer("ground", 1, 1, "1") + $"""<objectgroup name="water">{MapFiles.Property(name, value)}<object id="1" x="0" y="0" width="16" height="16"/></objectgroup>"""));

        Assert.Equal([true, false, false], Opens(map));
        Assert.Equal((Terrain.DeepWater, true), (map[0, 0].Terrain, shape.IsOpen(0, 0)));
    }

    [Theory]
    [InlineData("Above Player")]
    [InlineData("Roof")]
    [InlineData("Overhead")]
    public void OverheadLayer_ThatSaysThatItBlocks_OrWhoseTileDoes_Blocks(string name)
    {
        var tiles = MapFiles.Tile(1, "collides", "true") + MapFiles.Tile(2, "collides", "false") + """<tile id="3" type="wall"><objectgroup><object id="1" x="0" y="0" width="16" height="16"/></objectgroup></tile>""";
        const string Ground = "1,1,1,1";
        var quiet = MapFiles.Map(MapFiles.Tmx(4, 1, tiles, MapFiles.Layer("ground", 4, 1, Ground) + MapFiles.Layer(name, 4, 1, "6,2,3,4")));
        var told = MapFiles.Map(MapFiles.Tmx(4, 1, tiles, MapFiles.Layer("ground", 4, 1, Ground) + MapFiles.Layer(name, 4, 1, "6,2,3,0", MapFiles.Property("collide", "true"))));
        var free = MapFiles.Map(MapFiles.Tmx(4, 1, tiles, MapFiles.Layer("ground", 4, 1, Ground) + MapFiles.Layer(name, 4, 1, "6,2,3,4")), new MapReadOptions { OverheadLayers = [name] });

        Assert.Equal([true, false, true, true], Opens(quiet));
        Assert.Equal([false, false, false, true], Opens(told));
        Assert.Equal([true, true, true, true], Opens(free));
    }

    [Fact]
    public void TilesName_IsItsTerrain_WhereNothingElseIs()
    {
        var tiles = MapFiles.Tile(0, "name", "Deep Water") + """<tile id="1" type="sand"><properties><property name="name" value="lava"/></properties></tile>""" + MapFiles.Tile(2, "Name", "solid thing");
        var map = MapFiles.Map(MapFiles.Tmx(4, 1, tiles, MapFiles.Layer("a", 4, 1, "1,2,3,4")));

        Assert.Equal((Terrain.DeepWater, Terrain.Sand), (map[0, 0].Terrain, map[1, 0].Terrain));
        Assert.Equal([false, true, false, true], Opens(map));
    }

    [Fact]
    public void TilesetsProperties_AreTheLastToBeAsked()
    {
        var tiles = """<properties><property name="terrain" value="lava"/><property name="cost" value="3"/></properties>""" + MapFiles.Tile(1, "terrain", "sand") + MapFiles.Tile(2, "walkable", "true");
        var map = MapFiles.Map(MapFiles.Tmx(4, 1, tiles, MapFiles.Layer("a", 4, 1, "1,2,3,0") + MapFiles.Layer("Grass", 4, 1, "0,0,0,4")));

        Assert.Equal([Terrain.Lava, Terrain.Sand, Terrain.Lava, Terrain.Grass], Enumerable.Range(0, 4).Select(x => map[x, 0].Terrain));
        Assert.Equal([false, true, true, true], Opens(map));
        Assert.Equal(30, map[1, 0].Cost);
    }

    [Fact]
    public void TilesetThatBlocks_BlocksUnlessATileOrItsLayerSaysOtherwise()
    {
        var tiles = MapFiles.Property("collides", "true") + MapFiles.Tile(1, "collides", "false");
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("a", 3, 1, "1,2,0") + MapFiles.Layer("b", 3, 1, "0,0,1", MapFiles.Property("collides", "false"))));

        Assert.Equal([false, true, true], Opens(map));
    }

    [Fact]
    public void WangColoursProperties_SpeakForTheTilesThatItRules()
    {
        var tiles = """
            <wangsets><wangset name="t" type="corner" tile="-1"><wangcolor name="A" color="#00ff00" tile="-1"><properties><property name="terrain" value="marsh"/></properties></wangcolor>
            <wangcolor name="B" color="#0000ff" tile="-1"><properties><property name="solid" type="bool" value="true"/></properties></wangcolor>
            <wangtile tileid="0" wangid="0,1,0,1,0,1,0,2"/><wangtile tileid="1" wangid="0,2,0,2,0,2,0,1"/></wangset></wangsets>
            """;
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("a", 3, 1, "1,2,3")));

        Assert.Equal(Terrain.Marsh, map[0, 0].Terrain);
        Assert.Equal([true, false, true], Opens(map));
    }

    [Fact]
    public void MapSeenFromTheSide_WhereAllThatIsDrawnBlocks_IsOpenWhereItIsEmpty()
    {
        var read = MapFiles.Read("a.tmx", MapFiles.Tmx(3, 2, MapFiles.Tile(0, "collides", "true"), MapFiles.Layer("World", 3, 2, "0,0,0,1,1,1")));

        Assert.Equal([true, true, true, false, false, false], Enumerable.Range(0, 6).Select(i => read.Map.IsOpen(i % 3, i / 3)));
        Assert.Contains(read.Report.Notes, note => note.Contains("seen from the side", StringComparison.Ordinal));
    }

    private static IEnumerable<bool> Opens(TileMap map) => Enumerable.Range(0, map.Width).Select(x => map.IsOpen(x, 0));
}
