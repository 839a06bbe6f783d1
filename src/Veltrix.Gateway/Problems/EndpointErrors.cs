using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Veltrix.Gateway.Problems;

/// <summary>Tells the OpenAPI page what an endpoint may be refused for.</summary>
internal static class EndpointErrors
{
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<ProblemKind> kinds)
    {
        foreach (var status in kinds.ToArray().GroupBy(kind => kind.Status))
        {
            endpoint.Produces<ProblemBody>(status.Key, "application/problem+json");
        }

        return endpoint.WithMetadata(new Refusals([.. kinds]));
    }
}

/// <summary>The refusals of one endpoint.</summary>
internal sealed record Refusals(ImmutableArray<ProblemKind> Kinds);
