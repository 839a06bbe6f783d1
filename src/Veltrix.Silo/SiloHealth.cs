using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Veltrix.Silo;

/// <summary>Whether the silo is a member of its cluster and takes calls. It asks neither a grain nor the database: what it knows is in the process.</summary>
internal sealed class SiloHealth(ISiloStatusOracle silos) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = silos.CurrentStatus;
        return Task.FromResult(status is SiloStatus.Active
            ? HealthCheckResult.Healthy("The silo takes calls.")
            : new HealthCheckResult(context.Registration.FailureStatus, $"The silo is {status}: it takes no calls yet, or no more."));
    }
}
