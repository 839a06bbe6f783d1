using Veltrix.World.Maps;

namespace Veltrix.World.Tests.Maps;

public class MapRuleTests
{
    [Theory]
    [InlineData("collide", "true", true)]
    [InlineData("Collides", "1", true)]
    [InlineData("is_solid", "yes", true)]
    [InlineData("blocked", "false", false)]
    [InlineData("collision", "full", true)]
    [InlineData("collision", "none", false)]
    [InlineData("obstacle", "1", true)]
    [InlineData("impassable", "", false)]
    [InlineData("walkable", "false", true)]
    [InlineData("walkable", "true", false)]
    [InlineData("passable", "0", true)]
    [InlineData("frog", "dog", false)]
    public void TileProperty_InCommonUse_TellsWhetherItBlocks(string name, string value, bool blocks) =>
        Assert.Equal(blocks, Ground(MapFiles.Tile(0, name, value)).Blocks);

    [Theory]
    [InlineData("grass", Terrain.Grass, false)]
    [InlineData("long_grass", Terrain.Grass, false)]
    [InlineData("Deep Water", Terrain.DeepWater, true)]
    [InlineData("shallowWater", Terrain.ShallowWater, false)]
    [InlineData("water", Terrain.DeepWater, true)]
    [InlineData("stone wall", Terrain.Wall, true)]
    [InlineData("wood floor", Terrain.Floor, false)]
    [InlineData("Trees", Terrain.Wood, false)]
    [InlineData("bushes", Terrain.Wood, false)]
    [InlineData("boulder", Terrain.Rock, true)]
    [InlineData("dirt-road", Terrain.Path, false)]
    [InlineData("swamp", Terrain.Marsh, false)]
    [InlineData("lava", Terrain.Lava, true)]
    public void TerrainName_GivesTerrainAndItsNature(string name, Terrain terrain, bool blocks)
    {
        var ground = Ground(MapFiles.Tile(0, "terrain", name));

        Assert.Equal((terrain, blocks), (ground.Terrain, ground.Blocks));
    }

    [Fact]
    public void PlainWater_BesideDeepWater_IsShallow()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, MapFiles.Tile(0, "terrain", "water") + MapFiles.Tile(1, "terrain", "deep_water"), MapFiles.Layer("a", 2, 1, "1,2")));

        Assert.Equal((Terrain.ShallowWater, Terrain.DeepWater), (map[0, 0].Terrain, map[1, 0].Terrain));
        Assert.True(map.IsOpen(0, 0));
    }

    [Fact]
    public void DeepWater_ThatDoesNotCollide_BlocksAllTheSame()
    {
        Assert.True(Ground("""<tile id="0"><properties><property name="collide" value="false"/><property name="terrain" value="deep_water"/></properties></tile>""").Blocks);
        Assert.False(Ground("""<tile id="0"><properties><property name="walkable" value="true"/><property name="terrain" value="deep_water"/></properties></tile>""").Blocks);
    }

    [Theory]
    [InlineData("world-collisions", true)]
    [InlineData("Collision", true)]
    [InlineData("BlockingLayer", true)]
    [InlineData("Solids", true)]
    [InlineData("Walls", true)]
    [InlineData("Water", true)]
    [InlineData("no collision", false)]
    [InlineData("Trees", false)]
    [InlineData("walls and floor", false)]
    [InlineData("Above Player", false)]
    [InlineData("Roof", false)]
    [InlineData("Tile Layer 2", false)]
    public void LayerName_TellsWhetherItsTilesBlock(string name, bool blocks)
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("ground", 2, 1, "1,1") + MapFiles.Layer(name, 2, 1, "0,2")));

        Assert.Equal((true, !blocks), (map.IsOpen(0, 0), map.IsOpen(1, 0)));
    }

    [Fact]
    public void LayerProperty_SaysThatItsTilesBlock()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("ground", 2, 1, "1,1") + MapFiles.Layer("x", 2, 1, "0,2", MapFiles.Property("collides", "true"))));

        Assert.False(map.IsOpen(1, 0));
    }

    [Fact]
    public void HiddenLayer_CountsOnlyWhenItBlocks()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("ground", 2, 1, "1,1") + MapFiles.Layer("Water", 2, 1, "1,0", attributes: "visible=\"0\"") + MapFiles.Layer("Collision", 2, 1, "0,2", attributes: "visible=\"0\"")));

        Assert.Equal((true, false), (map.IsOpen(0, 0), map.IsOpen(1, 0)));
    }

    [Fact]
    public void EmptyGround_Blocks()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("a", 2, 1, "1,0")));

        Assert.Equal(Terrain.Void, map[1, 0].Terrain);
        Assert.False(map.IsOpen(1, 0));
        Assert.True(MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("a", 2, 1, "1,0")), new MapReadOptions { EmptyBlocks = false }).IsOpen(1, 0));
    }

    [Theory]
    [InlineData("Walls")]
    [InlineData("Collision")]
    public void EmptyGround_WhereAllLayersAreObstacles_IsOpen(string name)
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer(name, 2, 1, "1,0")));

        Assert.Equal((false, true), (map.IsOpen(0, 0), map.IsOpen(1, 0)));
    }

    [Fact]
    public void BridgeOverWater_IsAPath_AndFoamIsNot()
    {
        var tiles = MapFiles.Tile(0, "terrain", "water") + MapFiles.Tile(1, "terrain", "bridge");
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("a", 3, 1, "1,1,1") + MapFiles.Layer("b", 3, 1, "0,2,3")));

        Assert.Equal([Terrain.DeepWater, Terrain.Path, Terrain.DeepWater], map.GroundBits.ToArray().Select(bits => World.Maps.Ground.FromBits(bits).Terrain));
        Assert.True(map.IsOpen(1, 0));
    }

    [Fact]
    public void LandOverALayerOfWater_IsLand()
    {
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, "", MapFiles.Layer("Water", 2, 1, "1,1") + MapFiles.Layer("Tile Layer 2", 2, 1, "0,2")));

        Assert.Equal((false, true), (map.IsOpen(0, 0), map.IsOpen(1, 0)));
    }

    [Fact]
    public void TreesHide_AndCostMore_AndFencesBlockWithoutHiding()
    {
        var tree = Ground(MapFiles.Tile(0, "terrain", "forest"));
        var fence = Ground(MapFiles.Tile(0, "type", "fence") + "<tile id=\"1\" type=\"fence\"/>");

        Assert.True(tree is { Hides: true, Blocks: false, Cost: > 10 });
        Assert.True(Ground(MapFiles.Tile(0, "collides", "true")) is { Hides: true, Terrain: Terrain.Wall });
        Assert.True(fence.Blocks);
    }

    [Theory]
    [InlineData("2", 20)]
    [InlineData("0.5", 5)]
    [InlineData("1e9", 255)]
    [InlineData("NaN", 10)]
    [InlineData("-3", 10)]
    public void Cost_CountsPlainSteps(string value, int cost) => Assert.Equal(cost, Ground(MapFiles.Tile(0, "cost", value)).Cost);

    [Theory]
    [InlineData("16", "16", true)]
    [InlineData("12", "12", true)]
    [InlineData("16", "4", false)]
    public void CollisionShapeOfATile_BlocksWhenItCoversMost(string width, string height, bool blocks) =>
        Assert.Equal(blocks, Ground($"""<tile id="0"><objectgroup><object id="1" x="0" y="0" width="{width}" height="{height}"/></objectgroup></tile>""").Blocks);

    [Fact]
    public void WangTerrain_RulesTheTileThatItHoldsMostCornersOf()
    {
        var tiles = """
            <wangsets><wangset name="t" type="corner" tile="-1"><wangcolor name="Grass" color="#00ff00" tile="-1"/><wangcolor name="Ocean" color="#0000ff" tile="-1"/>
            <wangtile tileid="0" wangid="0,1,0,1,0,1,0,2"/><wangtile tileid="1" wangid="0,2,0,2,0,2,0,1"/><wangtile tileid="2" wangid="0,0,0,2,0,0,0,0"/></wangset></wangsets>
            """;
        var map = MapFiles.Map(MapFiles.Tmx(3, 1, tiles, MapFiles.Layer("a", 3, 1, "1,2,3")));

        Assert.Equal([Terrain.Grass, Terrain.DeepWater, Terrain.Grass], map.GroundBits.ToArray().Select(bits => World.Maps.Ground.FromBits(bits).Terrain));
    }

    [Fact]
    public void OldTerrainTypes_AreRead()
    {
        var tiles = """<terraintypes><terrain name="sand" tile="0"/><terrain name="water" tile="1"/></terraintypes><tile id="0" terrain="0,0,0,1"/><tile id="1" terrain="1,1,1,"/>""";
        var map = MapFiles.Map(MapFiles.Tmx(2, 1, tiles, MapFiles.Layer("a", 2, 1, "1,2")));

        Assert.Equal((Terrain.Sand, Terrain.DeepWater), (map[0, 0].Terrain, map[1, 0].Terrain));
    }

    [Fact]
    public void Options_OverrideTheRule()
    {
        var text = MapFiles.Tmx(4, 1, "", MapFiles.Layer("stuff", 4, 1, "1,2,3,3") + MapFiles.Layer("Deko-Fels", 4, 1, "0,0,4,0") + MapFiles.Layer("Collision", 4, 1, "1,0,0,0"));
        var map = MapFiles.Map(text, new MapReadOptions
        {
            Name = "mine",
            BlockingLayers = ["deko-*"],
            IgnoredLayers = ["Collision"],
            Terrains = new Dictionary<string, Terrain> { ["set:1"] = Terrain.Lava },
            Grounds = new Dictionary<Terrain, Ground> { [Terrain.Lava] = new(Terrain.Lava, blocks: false, hides: false, cost: 99) },
        });

        Assert.Equal("mine", map.Name);
        Assert.Equal([true, true, false, true], Enumerable.Range(0, 4).Select(x => map.IsOpen(x, 0)));
        Assert.Equal(99, map[1, 0].Cost);
    }

    private static Ground Ground(string tiles) => MapFiles.Map(MapFiles.Tmx(1, 1, tiles, MapFiles.Layer("a", 1, 1, "1")))[0, 0];
}
