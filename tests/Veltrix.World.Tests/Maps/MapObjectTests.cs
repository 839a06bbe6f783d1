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
    [InlineData("""name="gem_red" """, "", MapObjectKind.Treasure)]
    [InlineData("""class="Coin" """, "", MapObjectKind.Treasure)]
    [InlineData("""type="gold" """, "", MapObjectKind.Treasure)]
    [InlineData("""name="LootBag2" """, "", MapObjectKind.Treasure)]
    [InlineData("", """<properties><property name="type" value="diamond"/></properties>""", MapObjectKind.Treasure)]
    [InlineData("", """<properties><property name="coin" type="bool" value="true"/></properties>""", MapObjectKind.Treasure)]
    [InlineData("""name="guard" """, """<properties><property name="text" value="Gold, I say"/></properties>""", MapObjectKind.Other)]
    [InlineData("""name="gold_mine" """, "", MapObjectKind.Other)]
    [InlineData("""name="coin door" """, "", MapObjectKind.Other)]
    [InlineData("""name="goldfish" """, "", MapObjectKind.Other)]
    [InlineData("""name="new_game" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="NewGame" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="entry" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="entry_point_2" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="player-start" """, "", MapObjectKind.Spawn)]
    [InlineData("""class="StartLocation" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="starting area" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="Player 2" """, "", MapObjectKind.Spawn)]
    [InlineData("""name="cave_entry" """, "", MapObjectKind.Other)]
    [InlineData("""name="start_dialog" """, "", MapObjectKind.Other)]
    [InlineData("""name="wolf" """, """<properties><property name="follows" value="player"/></properties>""", MapObjectKind.Other)]
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

    [Theory]
    [InlineData("points", "30", 30)]
    [InlineData("gold", "30", 30)]
    [InlineData("Value", "30", 30)]
    [InlineData("score", "30", 30)]
    [InlineData("gold", "-5", 0)]
    [InlineData("gold", "much", 0)]
    public void TreasuresPoints_ComeFromAPropertyInCommonUse(string name, string value, long points) =>
        Assert.Equal(points, Assert.Single(Objects($"""<object id="1" name="chest" x="4" y="4">{MapFiles.Property(name, value)}</object>""").Objects).Points);

    [Fact]
    public void TreasuresPoints_WhereSeveralAreGiven_ArePointsBeforeGold() => Assert.Equal(
        7,
        Assert.Single(Objects("""<object id="1" name="chest" x="4" y="4"><properties><property name="gold" value="3"/><property name="points" value="7"/><property name="value" value="9"/></properties></object>""").Objects).Points);

    [Fact]
    public void LayerOfCoins_IsATreasureEach_WithTheLayersPoints()
    {
        var layer = MapFiles.Layer("Coins", 4, 4, "0,0,0,0,0,9,0,0,0,0,0,0,0,0,0,9", MapFiles.Property("value", "5"));
        var shapes = $"""<objectgroup name="Gems">{MapFiles.Property("value", "6")}<object id="1" x="4" y="4"><point/></object></objectgroup>""";

        Assert.Equal(
            [new(MapObjectKind.Treasure, "Coins", Tile.At(1, 1), 5), new(MapObjectKind.Treasure, "Coins", Tile.At(3, 3), 5), new(MapObjectKind.Treasure, "", Tile.At(0, 0), 6)],
            MapFiles.Map(MapFiles.Tmx(4, 4, "", Ground + layer + shapes)).Objects);
    }

    [Theory]
    [InlineData("", 2, 1)]
    [InlineData("topleft", 2, 2)]
    [InlineData("center", 2, 2)]
    [InlineData("bottomright", 1, 1)]
    [InlineData("top", 2, 2)]
    public void TileObject_WithoutSize_HasItsTiles_AndBlocksWhereItsTilesetAlignsIt(string alignment, int x, int y)
    {
        var objects = """<objectgroup name="o"><object id="1" name="chest" gid="6" x="32" y="32"/><object id="2" gid="7" x="32" y="32"/></objectgroup>""";
        var text = MapFiles.Tmx(4, 4, MapFiles.Tile(6, "collides", "true"), Ground + objects);
        var map = MapFiles.Map(alignment.Length > 0 ? text.Replace("name=\"set\"", $"name=\"set\" objectalignment=\"{alignment}\"", StringComparison.Ordinal) : text);

        Assert.Equal(Tile.At(x, y), Assert.Single(map.Objects).Tile);
        Assert.False(map.IsOpen(x, y));
        Assert.True(map.OpenTiles >= 12);
    }

    [Fact]
    public void TileObject_OfAPictureOfItsOwn_HasThePicturesSize()
    {
        var map = MapFiles.Map(MapFiles.Tmx(4, 4, """<tile id="5" type="solid"><image source="a.png" width="32" height="48"/></tile>""", Ground + """<objectgroup name="o"><object id="1" gid="6" x="16" y="64"/></objectgroup>"""));

        Assert.Equal([false, false, false, false, false, false], new[] { (1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3) }.Select(at => map.IsOpen(at.Item1, at.Item2)));
        Assert.Equal(10, map.OpenTiles);
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
