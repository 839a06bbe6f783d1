using Veltrix.World.Rules;

namespace Veltrix.World.Tests.Rules;

public class HuntRulesTests
{
    public static TheoryData<HuntRules, string> Broken => new()
    {
        { new HuntRules { RegionSize = 15 }, "regionSize is 15" },
        { new HuntRules { RegionSize = 257 }, "regionSize is 257" },
        { new HuntRules { Reach = 0 }, "reach is 0" },
        { new HuntRules { Reach = 17 }, "reach is 17" },
        { new HuntRules { SightRadius = 0 }, "sightRadius is 0" },
        { new HuntRules { SightRadius = 17 }, "sightRadius is 17" },
        { new HuntRules { StepsPerSecond = 0.09 }, "stepsPerSecond is 0.09" },
        { new HuntRules { StepsPerSecond = 1001 }, "stepsPerSecond is 1001" },
        { new HuntRules { StepsPerSecond = double.NaN }, "stepsPerSecond is NaN" },
        { new HuntRules { PaceSeconds = 0.5 }, "paceSeconds is 0.5" },
        { new HuntRules { PaceSeconds = double.PositiveInfinity }, "paceSeconds is Infinity" },
        { new HuntRules { TreasuresPerThousand = -1 }, "treasuresPerThousand is -1" },
        { new HuntRules { TreasuresPerThousand = 1001 }, "treasuresPerThousand is 1001" },
        { new HuntRules { LeastPoints = 0 }, "leastPoints is 0" },
        { new HuntRules { MostPoints = 1_000_001 }, "mostPoints is 1000001" },
        { new HuntRules { LeastPoints = 9, MostPoints = 8 }, "mostPoints is 8, below leastPoints 9" },
        { new HuntRules { RespawnSeconds = -1 }, "respawnSeconds is -1" },
        { new HuntRules { RespawnSeconds = 31_536_001 }, "respawnSeconds is 31536001" },
        { new HuntRules { LedgerShards = 0 }, "ledgerShards is 0" },
        { new HuntRules { LedgerShards = 257 }, "ledgerShards is 257" },
    };

    public static TheoryData<HuntRules> Fitting =>
    [
        new HuntRules(),
        new HuntRules
        {
            RegionSize = 16, Reach = 1, SightRadius = 1, StepsPerSecond = 0.1, PaceSeconds = 1, TreasuresPerThousand = 0,
            LeastPoints = 1, MostPoints = 1, RespawnSeconds = 0, LedgerShards = 1,
        },
        new HuntRules
        {
            RegionSize = 256, Reach = 16, SightRadius = 16, StepsPerSecond = 1000, PaceSeconds = 60, TreasuresPerThousand = 1000,
            LeastPoints = 1_000_000, MostPoints = 1_000_000, RespawnSeconds = 31_536_000, LedgerShards = 256,
        },
    ];

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Problem_RuleOutOfRange_NamesTheRule(HuntRules rules, string sentence)
    {
        Assert.StartsWith(sentence, rules.Problem(), StringComparison.Ordinal);
        Assert.Contains(": give ", rules.Problem(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Fitting), DisableDiscoveryEnumeration = true)]
    public void Problem_RulesThatFit_IsNull(HuntRules rules) => Assert.Null(rules.Problem());
}
