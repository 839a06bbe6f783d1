using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Swarm;

namespace Veltrix.Commands.Chaos;

/// <summary>What a run of chaos was asked to do.</summary>
internal sealed record ChaosSettings
{
    /// <summary>The database, as it was given; null takes the environment's.</summary>
    public required string? Postgres { get; init; }

    /// <summary>What is planned from.</summary>
    public required PlanRequest Plan { get; init; }

    /// <summary>What the players do. Where, with which key and for how long the answers are waited for is decided by the run.</summary>
    public required SwarmSettings Swarm { get; init; }

    /// <summary>The command that stops the database at once; null leaves it alone.</summary>
    public string? PostgresStop { get; init; }

    /// <summary>The command that starts it again.</summary>
    public string? PostgresStart { get; init; }

    /// <summary>Where the processes' logs are kept; null keeps them only when a check did not hold.</summary>
    public string? Logs { get; init; }

    /// <summary>Where the summary's JSON goes; "-" is standard output, null nowhere.</summary>
    public string? Json { get; init; }
}
