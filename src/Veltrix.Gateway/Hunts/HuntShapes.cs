using System.Text.Json.Serialization;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Hunts;

/// <summary>What an organiser asks for.</summary>
/// <param name="Name">what people call the hunt: 1 to 100 characters</param>
/// <param name="Map">the hash of a stored map</param>
/// <param name="Id">the id in addresses: 1 to 40 of a-z, 0-9 and '-', not first or last; drawn when left out</param>
/// <param name="Seed">decides treasures and spawns, a secret: a whole number below 2^64, as a number or as text; drawn when left out</param>
/// <param name="Rules">how it is played; what is left out has its default</param>
/// <param name="StartsAt">when it starts by itself; left out: by an explicit start</param>
/// <param name="EndsAt">when it ends by itself; left out: by an explicit end</param>
/// <param name="Start">whether it starts now</param>
internal sealed record HuntWish(
    string? Name,
    string? Map,
    string? Id = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] ulong? Seed = null,
    HuntRules? Rules = null,
    DateTimeOffset? StartsAt = null,
    DateTimeOffset? EndsAt = null,
    bool Start = false);

/// <summary>A hunt as it is shown.</summary>
/// <param name="Id">its id</param>
/// <param name="Name">what people call it</param>
/// <param name="State">scheduled, running or over</param>
/// <param name="Map">the hash of its map</param>
/// <param name="Rules">how it is played</param>
/// <param name="CreatedAt">when it was created</param>
/// <param name="StartsAt">when it starts or started, if that is known</param>
/// <param name="EndsAt">when it ends or ended, if that is known</param>
/// <param name="Version">rises with every change</param>
/// <param name="Seed">the secret seed, as text; only for operators</param>
internal sealed record HuntShape(
    string Id,
    string Name,
    string State,
    string Map,
    HuntRules Rules,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt,
    int Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Seed)
{
    public static HuntShape Of(HuntDefinition hunt, DateTimeOffset now, bool withSeed) => new(
        hunt.Id.Value,
        hunt.Draft.Name,
        StateOf(hunt.PhaseAt(now)),
        hunt.Draft.MapHash,
        hunt.Draft.Rules,
        hunt.CreatedAt,
        hunt.Draft.StartsAt,
        hunt.Draft.EndsAt,
        hunt.Version,
        withSeed ? hunt.Draft.Seed.ToString() : null);

    public static string StateOf(HuntPhase phase) => phase switch
    {
        HuntPhase.Scheduled => "scheduled",
        HuntPhase.Running => "running",
        HuntPhase.Over => "over",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "No such phase."),
    };
}

/// <summary>Some of the hunts, in order of their ids.</summary>
/// <param name="Hunts">the hunts</param>
/// <param name="Next">what to give as after for those that follow; left out when there are none</param>
internal sealed record HuntPage(ImmutableArray<HuntShape> Hunts, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);
