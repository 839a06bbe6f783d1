using System.Collections.Frozen;
using System.Globalization;

namespace Veltrix.World.Maps;

/// <summary>
/// The one rule that says what names and properties mean. It knows words, not files: the README beside this file tells it in prose.
/// </summary>
public static class MapRule
{
    private static readonly FrozenSet<string> BlockingNames = Set(
        "collide collides collidable collision collisions collider iscollider hascollision solid issolid block blocks blocked blocking isblocked " +
        "blocksmovement blockmovement impassable impassible unwalkable notwalkable nonwalkable obstacle isobstacle obstructs obstruct wall iswall");

    private static readonly FrozenSet<string> WalkableNames = Set(
        "walkable iswalkable canwalk passable ispassable passible traversable istraversable pathable walk nocollide nocollision nonsolid");

    private static readonly FrozenSet<string> TerrainNames = Set("terrain terraintype ground groundtype surface biome material tiletype type class kind");
    private static readonly FrozenSet<string> CostNames = Set("cost movecost movementcost walkcost travelcost pathcost terraincost");
    private static readonly FrozenSet<string> HidingNames = Set("hides hide opaque isopaque blocksight blockssight blocksvision blocklos blockslos blockslight occluder");
    private static readonly FrozenSet<string> ClearNames = Set("transparent seethrough istransparent");
    private static readonly FrozenSet<string> ColourNames = Set("colour color tint minimapcolor minimapcolour");
    private static readonly FrozenSet<string> KindNames = Set("type kind class category object objecttype entity entitytype item itemtype pickup");

    // In the order in which they are believed.
    private static readonly string[] PointNames = ["points", "point", "score", "value", "gold", "worth", "coins", "amount"];

    private static readonly FrozenSet<string> BlockingWords = Set(
        "collision collide collider collidable collides solid block blocked blocking blocker obstacle impassable impassible unwalkable");

    private static readonly FrozenSet<string> MarkerWords = Set("collision collide collider collidable collides meta");
    private static readonly FrozenSet<string> Negations = Set("no non not without un passable walkable nocollision nocollide");
    private static readonly FrozenSet<string> OverheadWords = Set("above over overhead roof fringe foreground upper top treetop canopy ceiling sky cloud front overlay");
    private static readonly FrozenSet<string> DecorWords = Set("decor decoration deco detail flower shadow light lighting shade fog effect foam");
    private static readonly FrozenSet<string> GroundWords = Set("ground land island base bottom soil earth background");
    private static readonly FrozenSet<string> TreasureWords = Set("chest treasure spade shovel loot hoard stash jewel");
    private static readonly FrozenSet<string> ValuableWords = Set(
        "gem gemstone coin gold goldpile goldbag diamond ruby emerald sapphire pearl relic artifact artefact coffer strongbox collectible collectable bounty prize");

    // A gold mine and a coin shop are places, a gem golem is somebody.
    private static readonly FrozenSet<string> HolderWords = Set(
        "door gate shop store merchant mine guard golem miner fish sound counter text hud ui sign key lock wall floor ground ore enemy enemies monster npc boss");

    private static readonly FrozenSet<string> SpawnWords = Set("spawn spawnpoint respawn start starting startpoint startposition startpos startlocation playerstart playerspawn");

    // Only as a whole name: an entry of a cave is none.
    private static readonly FrozenSet<string> StartNames = Set(
        "player hero newgame newgamestart entry entrypoint playerentry playerentrance playerposition playerpos playerlocation playerorigin heroposition heropos mapentry mapentrance " +
        "initialposition begin beginning");

    private static readonly FrozenSet<string> ForeignWords = Set(
        "enemy enemies monster mob npc boss item zombie bot camera music level cutscene wave dialog dialogue conversation quest fight battle event trigger script timer race sound");

    private static readonly FrozenSet<string> LowWords = Set("fence railing rail table bench counter barrel crate chest sign barrier furniture");

    private static readonly FrozenDictionary<string, Terrain> Words = new (Terrain Terrain, string Words)[]
    {
        (Terrain.Void, "void empty nothing hole pit chasm abyss space"),
        (Terrain.DeepWater, "ocean sea deepwater"),
        (Terrain.ShallowWater, "shallow shallows shallowwater shore creek stream brook puddle ford"),
        (Terrain.Sand, "sand beach desert dune"),
        (Terrain.Grass, "grass grassland meadow lawn field plain clearing garden farmland"),
        (Terrain.Wood, "tree wood woods woodland forest jungle bush shrub thicket pine palm oak hedge"),
        (Terrain.Rock, "rock boulder cliff mountain mountains crag"),
        (Terrain.Path, "path road street trail track bridge dirt gravel cobble cobblestone pavement sidewalk stairs stair ladder dock pier gravelpath brick bricks"),
        (Terrain.Floor, "floor interior indoor carpet plank stone rug room corridor door dungeon"),
        (Terrain.Wall, "wall building house roof castle fence tower fortress ruin hut railing barrier"),
        (Terrain.Marsh, "marsh swamp bog mud fen wetland"),
        (Terrain.Hill, "hill elevated plateau highland slope elevation"),
        (Terrain.Snow, "snow ice tundra glacier"),
        (Terrain.Lava, "lava magma"),
    }.SelectMany(entry => entry.Words.Split(' ').Select(word => (word, entry.Terrain)))
        .ToFrozenDictionary(pair => pair.word, pair => pair.Terrain, StringComparer.Ordinal);

    private static readonly FrozenSet<string> WaterWords = Set("water river lake pond sea ocean waterfall");

    /// <summary>What a terrain does when nothing else is said about it.</summary>
    public static Ground GroundOf(Terrain terrain) => terrain switch
    {
        Terrain.Void => new(terrain, blocks: true, hides: false),
        Terrain.DeepWater => new(terrain, blocks: true, hides: false, cost: 40),
        Terrain.ShallowWater => new(terrain, blocks: false, hides: false, cost: 20),
        Terrain.Sand => new(terrain, blocks: false, hides: false, cost: 13),
        Terrain.Wood => new(terrain, blocks: false, hides: true, cost: 15),
        Terrain.Rock => new(terrain, blocks: true, hides: true, cost: 30),
        Terrain.Path => new(terrain, blocks: false, hides: false, cost: 8),
        Terrain.Wall => new(terrain, blocks: true, hides: true),
        Terrain.Marsh => new(terrain, blocks: false, hides: false, cost: 22),
        Terrain.Hill => new(terrain, blocks: false, hides: false, cost: 16),
        Terrain.Snow => new(terrain, blocks: false, hides: false, cost: 14),
        Terrain.Lava => new(terrain, blocks: true, hides: false, cost: 40),
        _ => new(terrain, blocks: false, hides: false),
    };

    internal static bool IsBlockingProperty(string name, MapReadOptions options) => Has(BlockingNames, options.BlockingProperties, name);

    internal static bool IsWalkableProperty(string name, MapReadOptions options) => Has(WalkableNames, options.WalkableProperties, name);

    internal static bool IsTerrainProperty(string name, MapReadOptions options) => Has(TerrainNames, options.TerrainProperties, name);

    internal static bool IsCostProperty(string name) => CostNames.Contains(Bare(name));

    internal static bool IsHidingProperty(string name) => HidingNames.Contains(Bare(name));

    internal static bool IsClearProperty(string name) => ClearNames.Contains(Bare(name));

    internal static bool IsColourProperty(string name) => ColourNames.Contains(Bare(name));

    /// <summary>How much a property of that name is believed as a treasure's points: 0 is most, -1 not at all.</summary>
    internal static int PointsRank(string name) => Array.IndexOf(PointNames, Bare(name));

    /// <summary>Whether a property of that name says in a word what its thing is.</summary>
    internal static bool IsKindProperty(string name) => KindNames.Contains(Bare(name));

    /// <summary>Whether a property's text says yes; texts that are neither, such as "full", say yes too.</summary>
    internal static bool IsYes(string value) =>
        value.Trim().ToLowerInvariant() is not ("" or "0" or "false" or "no" or "none" or "off" or "n" or "null" or "0.0");

    /// <summary>A step's cost from a property that counts plain steps: "2" is twice a plain step. Null where it is no positive number.</summary>
    internal static int? CostOf(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var steps) && steps > 0 && double.IsFinite(steps)
            ? (int)Math.Clamp(Math.Round(steps * Ground.PlainCost), 1, 255)
            : null;

    /// <summary>
    /// The terrain that a name tells, or null. The last word that names one decides ("stone wall" is a wall), unless the name joins two.
    /// Plain water is <paramref name="plainWater"/>: what it is depends on whether the map also names deep water.
    /// </summary>
    internal static Terrain? TerrainOf(string name, Terrain plainWater)
    {
        Terrain? found = null;
        bool water = false, deep = false, shallow = false, several = false;
        foreach (var word in MapWords.Of(name))
        {
            deep |= word == "deep";
            several |= word is "and" or "or" or "with";
            if (Known(WaterWords, word))
            {
                water = true;
                found = Differs(ref several, found, word is "sea" or "ocean" ? Terrain.DeepWater : plainWater);
            }
            else if (TerrainOfWord(word) is { } terrain)
            {
                shallow |= terrain == Terrain.ShallowWater;
                found = Differs(ref several, found, terrain);
            }
        }

        return (water, deep, shallow) switch
        {
            (true, true, _) => Terrain.DeepWater,
            (true, _, true) => Terrain.ShallowWater,
            _ => found,
        };

        // "Walls and floor" names two things and so neither.
        static Terrain? Differs(ref bool several, Terrain? before, Terrain now) => several && before is not null && before != now ? null : now;
    }

    /// <summary>Whether a name speaks of deep water, so that plain water in the same map is shallow.</summary>
    internal static bool NamesDeepWater(string name) => TerrainOf(name, Terrain.ShallowWater) == Terrain.DeepWater;

    /// <summary>Whether a name says that its thing blocks: true, false ("no collision"), or null when it says nothing.</summary>
    internal static bool? BlocksByName(string name)
    {
        bool blocks = false, negated = false;
        foreach (var word in MapWords.Of(name))
        {
            blocks |= Known(BlockingWords, word);
            negated |= Negations.Contains(word);
        }

        return negated ? (blocks || MapWords.Of(name).Any(word => word is "passable" or "walkable") ? false : null) : blocks ? true : null;
    }

    internal static bool IsMarkerLayer(string name) => AnyWord(name, MarkerWords);

    internal static bool IsOverhead(string name) => AnyWord(name, OverheadWords);

    internal static bool IsDecoration(string name) => AnyWord(name, DecorWords);

    internal static bool IsGround(string name) => AnyWord(name, GroundWords);

    /// <summary>Whether a thing of that name blocks the way but not the view.</summary>
    internal static bool IsLow(string name) => AnyWord(name, LowWords);

    /// <summary>What an object of that name is for. In a text only the plain words count: a guard may speak of gold.</summary>
    internal static MapObjectKind KindOf(string name, MapReadOptions options, bool inText = false)
    {
        var words = MapWords.Of(name);
        if (words.Any(word => Known(TreasureWords, word) || options.TreasureWords.Contains(word, StringComparer.OrdinalIgnoreCase)))
        {
            return MapObjectKind.Treasure;
        }

        if (!inText && words.Any(word => Known(ValuableWords, word)) && !words.Any(word => Known(HolderWords, word)))
        {
            return MapObjectKind.Treasure;
        }

        if (words.Any(word => options.SpawnWords.Contains(word, StringComparer.OrdinalIgnoreCase)))
        {
            return MapObjectKind.Spawn;
        }

        var starts = words.Any(word => Known(SpawnWords, word))
            || (!inText && (StartNames.Contains(string.Concat(words.Where(word => !char.IsAsciiDigit(word[0])))) || words is ["player", _, "position"]));
        return starts && !words.Any(word => Known(ForeignWords, word)) ? MapObjectKind.Spawn : MapObjectKind.Other;
    }

    internal static bool Matches(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    private static Terrain? TerrainOfWord(string word) =>
        Words.TryGetValue(word, out var terrain) || Words.TryGetValue(MapWords.Singular(word), out terrain) ? terrain : null;

    private static bool AnyWord(string name, FrozenSet<string> words) => MapWords.Of(name).Any(word => Known(words, word));

    private static bool Known(FrozenSet<string> words, string word) => words.Contains(word) || words.Contains(MapWords.Singular(word));

    private static bool Has(FrozenSet<string> known, IReadOnlyList<string> more, string name) =>
        known.Contains(Bare(name)) || more.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Bare(string name) => string.Concat(MapWords.Of(name));

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
