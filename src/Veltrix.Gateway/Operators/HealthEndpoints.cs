using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Sessions;
using Veltrix.Hosting.Telemetry;

namespace Veltrix.Gateway.Operators;

/// <summary>For orchestrators: whether the process lives, and whether it can do its work.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/alive", () => TypedResults.Ok(new HealthShape("alive"))).For(Access.Open).AlsoInternal().WithMetadata(new Uncounted()).WithTags("Operators")
            .WithSummary("Whether the process answers at all; asks nobody else")
            .WithDescription("Restart the process when this fails.");
        routes.MapVeltrixStarted().For(Access.Open).AlsoInternal().WithMetadata(new Uncounted()).WithTags("Operators")
            .WithSummary("Whether this gateway has come up; asks nobody else")
            .WithDescription("It stays so until the process ends: wait for it before the other two count.");
        routes.MapGet("/health", ReadyAsync).For(Access.Open).AlsoInternal().WithTags("Operators")
            .WithSummary("Whether this gateway can reach the cluster")
            .WithDescription("Send it no players while this fails; it heals by itself.")
            .Produces<HealthShape>()
            .Refuses(ProblemKind.Unavailable);
    }

    private static async Task<Ok<HealthShape>> ReadyAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        // The list of hunts is a grain that every hunt needs: if it answers, calls arrive, run and come back.
        await grains.HuntList().ListAsync(null, 1, cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        return TypedResults.Ok(new HealthShape("ready"));
    }
}

/// <param name="Status">alive or ready</param>
internal sealed record HealthShape(string Status);
