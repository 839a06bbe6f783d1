using System.Collections.Immutable;
using Veltrix.World;
using StableHash = Veltrix.World.StableHash;

namespace Veltrix.Commands.Chaos.Plan;

/// <summary>What a plan is made from.</summary>
/// <param name="Seed">decides everything that is left to chance</param>
/// <param name="Silos">how many silos there are</param>
/// <param name="Gateways">how many gateways there are</param>
/// <param name="Seconds">how long the players play</param>
/// <param name="GrainEvery">seconds between two grains; 0 for none</param>
/// <param name="ProcessEvery">seconds between two deeds; 0 for none</param>
/// <param name="Kinds">what may be done</param>
/// <param name="DatabaseAway">seconds for which the database stays stopped</param>
internal sealed record PlanRequest(
    ulong Seed, int Silos, int Gateways, double Seconds, double GrainEvery, double ProcessEvery, ImmutableSortedSet<DeedKind> Kinds, double DatabaseAway);

/// <summary>
/// What will be done, when and to whom: the same request gives the same plan. Every deed that is possible comes once, in an order that is left to chance, before any
/// comes again, so that a run that is long enough shows them all.
/// </summary>
internal sealed record ChaosPlan(ImmutableArray<Deed> Deeds, ImmutableArray<GrainDeed> Grains)
{
    // Players and regions hold what is in flight, so they come more often than the others, of which there are few.
    private static readonly ImmutableArray<string> GrainTypes =
        ["player", "player", "player", "region", "region", "ledger-shard", "ledger-shard", "board", "hunt"];

    // With a silo's defaults it takes the others three to four seconds to agree that one is dead.
    private const double ShortestSilence = 5;
    private const double LongestSilence = 10;

    // Long enough that what players feel of an end is over before they feel the start, where there is time for it.
    private const double LongestPause = 6;

    public static ChaosPlan Create(PlanRequest request) => new(DeedsOf(request), GrainsOf(request));

    private static ImmutableArray<Deed> DeedsOf(PlanRequest request)
    {
        var random = new SeededRandom(StableHash.Combine(request.Seed, StableHash.Of("deeds")));
        var choices = Choices(request).ToArray();
        if (choices.Length == 0 || request.ProcessEvery <= 0)
        {
            return [];
        }

        // The last one has as much time to be over as any other.
        var deeds = ImmutableArray.CreateBuilder<Deed>();
        for (var at = request.ProcessEvery / 2; at <= request.Seconds - request.ProcessEvery; at += request.ProcessEvery)
        {
            var turn = deeds.Count % choices.Length;
            if (turn == 0)
            {
                Shuffle(choices, ref random);
            }

            var (kind, role) = choices[turn];
            var jitter = random.NextDouble() * request.ProcessEvery / 4;
            var number = role is { } one ? 1 + random.Next(one is Role.Silo ? request.Silos : request.Gateways) : 0;
            var lasts = kind switch
            {
                DeedKind.Kill or DeedKind.Terminate => Between(ref random, 2 / 3.0, 1) * Math.Min(LongestPause, 0.3 * request.ProcessEvery),
                DeedKind.Database => request.DatabaseAway,
                _ => Between(ref random, ShortestSilence, Math.Clamp(request.ProcessEvery / 2, ShortestSilence, LongestSilence)),
            };
            deeds.Add(new Deed(Seconds(at + jitter), kind, role is { } victim ? new Victim(victim, number) : null, Seconds(lasts)));
        }

        return deeds.DrainToImmutable();
    }

    private static IEnumerable<(DeedKind Kind, Role? Role)> Choices(PlanRequest request)
    {
        foreach (var kind in request.Kinds)
        {
            switch (kind)
            {
                case DeedKind.Database:
                    yield return (kind, null);
                    break;

                case DeedKind.Part:
                    if (request.Silos > 1)
                    {
                        yield return (kind, Role.Silo);
                    }

                    break;

                default:
                    yield return (kind, Role.Silo);
                    yield return (kind, Role.Gateway);
                    break;
            }
        }
    }

    private static ImmutableArray<GrainDeed> GrainsOf(PlanRequest request)
    {
        if (request.GrainEvery <= 0)
        {
            return [];
        }

        var random = new SeededRandom(StableHash.Combine(request.Seed, StableHash.Of("grains")));
        var grains = ImmutableArray.CreateBuilder<GrainDeed>();
        for (var k = 1; k * request.GrainEvery < request.Seconds; k++)
        {
            grains.Add(new GrainDeed(Seconds(k * request.GrainEvery), GrainTypes[random.Next(GrainTypes.Length)], random.NextUInt64()));
        }

        return grains.DrainToImmutable();
    }

    private static void Shuffle<T>(T[] items, ref SeededRandom random)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static double Between(ref SeededRandom random, double low, double high) => low + (random.NextDouble() * (high - low));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
}
