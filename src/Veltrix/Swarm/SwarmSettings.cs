using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Swarm;

/// <summary>What a swarm was asked to do.</summary>
internal sealed record SwarmSettings
{
    /// <summary>The gateway, or those of one cluster: at least one.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>An operator key of them.</summary>
    public required string Key { get; init; }

    /// <summary>An existing hunt; null makes one.</summary>
    public string? Hunt { get; init; }

    /// <summary>The map of a hunt that is made, as the command line names it.</summary>
    public required string Map { get; init; }

    public required int Players { get; init; }

    /// <summary>Commands a second and player.</summary>
    public required double Rate { get; init; }

    /// <summary>Commands a frame.</summary>
    public required int Batch { get; init; }

    /// <summary>How long to measure; null runs until it is interrupted.</summary>
    public double? Seconds { get; init; }

    public required double Warmup { get; init; }

    public required Mix Mix { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Where the summary's JSON goes; "-" is standard output, null nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Whether the thread that serves the sockets never sleeps.</summary>
    public bool Spin { get; init; }

    /// <summary>Seconds to wait for answers after the last frame.</summary>
    public double Drain { get; init; } = 10;

    /// <summary>Where acknowledged scores are logged; null nowhere.</summary>
    public string? AckedLog { get; init; }
}
