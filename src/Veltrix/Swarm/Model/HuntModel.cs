using System.Globalization;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Swarm.Model;

/// <summary>
/// The swarm's own idea of a hunt, from which it says what each answer must be. It is built from the map, the rules and the seed, which
/// the operator of a hunt knows; what it cannot know (who digs first) it takes from the answers and holds them to each other.
/// </summary>
internal sealed class HuntModel
{
    private readonly int[] _clues;
    private readonly string _prefix;
    private Bot[] _bots = [];

    /// <param name="map">the hunt's map</param>
    /// <param name="rules">the hunt's rules</param>
    /// <param name="huntSeed">the seed of the hunt: it decides treasures and spawns</param>
    /// <param name="seed">the seed of the swarm: it decides what bots do</param>
    /// <param name="prefix">how the names of the bots begin; their number follows</param>
    /// <param name="alone">whether nobody else has played or plays in this hunt</param>
    public HuntModel(TileMap map, HuntRules rules, ulong huntSeed, ulong seed, string prefix, bool alone)
    {
        (Map, Rules, HuntSeed, Seed, _prefix, Alone) = (map, rules, huntSeed, seed, prefix, alone);
        Treasury = new Treasury(TreasurePlan.Create(map, rules, huntSeed), rules.RespawnSeconds);
        Regions = new RegionGrid(map, rules.RegionSize);
        _clues = new int[Regions.Count];
    }

    public TileMap Map { get; }

    public HuntRules Rules { get; }

    public ulong HuntSeed { get; }

    public ulong Seed { get; }

    public bool Alone { get; }

    public RegionGrid Regions { get; }

    public Treasury Treasury { get; }

    /// <summary>Whether walks at the bots' rate can be too fast for the hunt's rules: then that refusal is no surprise.</summary>
    public bool SpeedBinds { get; init; }

    /// <summary>How long a bot's tiles are remembered for others that see it.</summary>
    public int TrailLength { get; init; } = 256;

    /// <summary>Makes the bots known to each other; before the first command.</summary>
    public void Know(Bot[] bots) => _bots = bots;

    public string NameOf(int bot) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{bot:D5}");

    /// <summary>The bot of that name, or null.</summary>
    public Bot? Find(string name) =>
        name.StartsWith(_prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(_prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && (uint)index < (uint)_bots.Length && _bots[index].Name == name
            ? _bots[index]
            : null;

    /// <summary>
    /// What a command must be answered from where the player stands: the rules of distance, ground and walks. For a dig, Ok means only
    /// that the player may dig there.
    /// </summary>
    public ResultCode Judge(CommandKind kind, Tile from, Tile target)
    {
        if (kind is not (CommandKind.Move or CommandKind.DropClue or CommandKind.Dig))
        {
            return ResultCode.Ok;
        }

        if (from.StepsTo(target) > Rules.Reach || !Map.Contains(target))
        {
            return ResultCode.TooFar;
        }

        if (kind == CommandKind.Move && from == target)
        {
            return ResultCode.Ok;
        }

        if (Map[target].Blocks)
        {
            return ResultCode.Blocked;
        }

        return kind != CommandKind.Move || Walk.Leads(Map, from, target, Rules.Reach) ? ResultCode.Ok : ResultCode.Unreachable;
    }

    /// <summary>Counts a clue that lies, or will lie, in the region of a tile.</summary>
    public void CountClue(Tile tile) => Interlocked.Increment(ref _clues[Regions.RegionOf(tile)]);

    /// <summary>Whether the region's ring of clues still has every clue that was ever dropped there.</summary>
    public bool KeepsAllClues(Tile tile) => Volatile.Read(ref _clues[Regions.RegionOf(tile)]) < CluesOfARegion - 64;

    /// <summary>A region keeps that many clues, the newest.</summary>
    private const int CluesOfARegion = 512;

    /// <summary>
    /// Whether players who send so many commands a second, all of them the longest walks, could ever be told that they are too fast, also
    /// after a server that was busy has played ten seconds' commands at once.
    /// </summary>
    /// <param name="map">the map</param>
    /// <param name="rules">the rules</param>
    /// <param name="rate">commands a second and player</param>
    /// <param name="batch">commands a frame: they arrive together</param>
    public static bool Binds(TileMap map, HuntRules rules, double rate, int batch)
    {
        const int Stall = 10;
        var walk = LongestWalk(map, rules.Reach);
        return rules.StepsPerSecond < walk * rate || rules.StepsPerSecond * rules.PaceSeconds < walk * (batch + (rate * Stall));
    }

    /// <summary>Rules with a speed limit that nobody reaches at a rate, as far as rules go.</summary>
    public static HuntRules WithFreeSpeed(HuntRules rules, TileMap map, double rate)
    {
        const double MostSteps = 1000;
        const double MostPace = 60;
        return rules with { StepsPerSecond = Math.Clamp(Math.Ceiling(2 * rate * LongestWalk(map, rules.Reach)), 1, MostSteps), PaceSeconds = MostPace };
    }

    /// <summary>
    /// What the longest walk costs, in steps on plain ground: one that winds around obstacles inside of the reach is rarely longer than three times
    /// the reach, and goes diagonally over the map's dearest ground at worst.
    /// </summary>
    private static double LongestWalk(TileMap map, int reach)
    {
        var dearest = 1;
        foreach (var bits in map.GroundBits)
        {
            var ground = Ground.FromBits(bits);
            dearest = Math.Max(dearest, ground.Blocks ? 0 : ground.Cost);
        }

        return 3 * 1.4 * reach * dearest / Ground.PlainCost;
    }
}
