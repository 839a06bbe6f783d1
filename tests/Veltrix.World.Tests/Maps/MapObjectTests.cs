using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class MapObjectTests
{
    [Theory]
    [InlineData("""name="Old Chest" """, "", MapObjectKind.Treasure)]
    [InlineData("""class="Treasure" """, "", MapObjectKind.Treasure)]
    [InlineData("""type="Item" name="spade" """, "", MapObjectKind.Treasure)]
    [InlineData("", """<properties><property name="script" value="$CHEST !ITEM_Katana"/></properties>""", MapObjectKind.Treasure)]
    [InlineData("""name="hermit" """, """<properties><property name="text" value="They say that there is a treasure somewhere"/></properties>""", MapObjectKind.Other)]
    [InlineData("""name="PlayerSpawn" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="Spawn Point" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="start" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="player" """, "", MapObjectKind.Spawn)]
    [InlineData("", """<properties><property name="area" value="player-spawn"/></properties>""", MapObjectKind.Spawn)]
    [InlineData("""name="enemy_spawn" """, "", MapObjectKind.Other)]
    [InlineData("""name="starfish" """, "", MapObjectKind.Other)]
    public void Object_BecomesWhatItSays(string attributes, string inside, MapObjectKind kind)
    {
        var map = Objects($"""<object id="1" {attributes} x="20" y="20" width="4" height="4">{inside}</object>""");

        Assert.Equal((kind, Tile.At(1, 1)), (map.Objects[0].Kind, map.Objects[0].Tile));
    }

    [Fact]
    public void TileObject_HangsAboveItsPoint_AndSpeaksByItsTilesClass()
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 4, """<tile id="5" type="chest"/>""", Ground + """<objectgroup name="o"><object id="1" gid="6" x="32" y="32" width="16" height="16"/></objectgroup>"""));

        Assert.Equal(new MapObject(MapObjectKind.Treasure, "chest", Tile.At(2, 1)), Assert.Single(map.Objects));
    }

    [Fact]
    public void TreasureOnATileThatBlocks_IsKept()
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 4, "", Ground + MapFiles.Layer("Collision", 4, 4, "1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0")
            + """<objectgroup name="o"><object id="1" name="chest" x="8" y="8"><point/></object></objectgroup>"""));

        Assert.False(map.IsOpen(0, 0));
        Assert.Equal(Tile.At(0, 0), Assert.Single(map.Objects).Tile);
    }

    [Fact]
    public void TileOfATileLayer_WhoseClassIsChest_IsATreasure()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, """<tile id="1" class="TreasureChest"><properties><property name="points" value="50"/></properties></tile>""", MapFiles.Layer("a", 2, 1, "1,2")));

        Assert.Equal(new MapObject(MapObjectKind.Treasure, "TreasureChest", Tile.At(1, 0), 50), Assert.Single(map.Objects));
    }

    [Theory]
    [InlineData("""<object id="1" x="16" y="16" width="32" height="16"/>""", "0000 0110 0000 0000")]
    [InlineData("""<object id="1" x="12" y="18" width="36" height="12"/>""", "0000 0110 0000 0000")]
    [InlineData("""<object id="1" x="0" y="31" width="64" height="2"/>""", "0000 0000 1111 0000")]
    [InlineData("""<object id="1" x="0" y="0"><polygon points="0,0 72,0 0,72"/></object>""", "1111 1110 1100 1000")]
    [InlineData("""<object id="1" x="0" y="0" width="64" height="64"><ellipse/></object>""", "0110 1111 1111 0110")]
    [InlineData("""<object id="1" x="8" y="8"><polyline points="0,0 48,48"/></object>""", "1000 0100 0010 0001")]
    [InlineData("""<object id="1" x="64" y="0" width="16" height="64" rotation="90"/>""", "1111 0000 0000 0000")]
    public void ShapeOfACollisionLayer_BlocksTheTilesThatItCovers(string shape, string expected)
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 4, "", Ground + $"""<objectgroup name="collisions">{shape}</objectgroup>"""));

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 4).Select(y => string.Concat(Enumerable.Range(0, 4).Select(x => map.IsOpen(x, y) ? '0' : '1')))));
    }

    [Fact]
    public void ShapeWithABlockingClass_BlocksOnAnyLayer()
    {
        Assert.False(Objects("""<object id="1" type="wall" x="0" y="0" width="16" height="16"/>""").IsOpen(0, 0));
        Assert.False(Objects("""<object id="1" x="0" y="0" width="16" height="16"><properties><property name="solid" type="bool" value="true"/></properties></object>""").IsOpen(0, 0));
    }

    [Fact]
    public void NamelessShapes_BlockOnlyWhereNothingElseSaysWhatBlocks()
    {
        const string Shapes = """<objectgroup name="Objects"><object id="1" x="0" y="0" width="16" height="16"/></objectgroup>""";
        var alone = MapFiles.Read("a.tmx", MapFiles.Tmx(4, 4, "", Ground + Shapes));
        var beside = MapFiles.Map(MapFiles.Tmx(4, 4, MapFiles.Tile(0, "collides", "false") + MapFiles.Tile(1, "collides", "true"), MapFiles.Layer("a", 4, 4, "1,1,1,2,1,1,1,1,1,1,1,1,1,1,1,1") + Shapes));

        Assert.False(alone.Map.IsOpen(0, 0));
        Assert.Contains(alone.Report.Notes, note => note.StartsWith("Nothing says what blocks", StringComparison.Ordinal));
        Assert.True(beside.IsOpen(0, 0));
    }

    [Fact]
    public void ObjectOutsideOfTheMap_IsLeftOutWithANote()
    {
        var read = MapFiles.Read("a.tmx", MapFiles.Tmx(4, 4, "", Ground + """<objectgroup name="o"><object id="1" name="chest" x="-99" y="3"/></objectgroup>"""));

        Assert.Empty(read.Map.Objects);
        Assert.Contains("Some objects lie outside of the map and are left out.", read.Report.Notes);
    }

    private static string Ground => MapFiles.Layer("ground", 4, 4, string.Join(',', Enumerable.Repeat("1", 16)));

    private static TileMap Objects(string objects) => MapFiles.Map(MapFiles.Tmx(4, 4, "", Ground + $"""<objectgroup name="o">{objects}</objectgroup>"""));
}
