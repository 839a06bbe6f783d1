using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Operators;

/// <summary>
/// Keeps the internal port and the public ones apart. On the internal port only what is marked for it is served, and without a key; on the others the internal port's
/// addresses ask for what they are marked with. The port that counts is the one that the connection came in on: a Host header says what its sender likes.
/// </summary>
internal sealed class InternalPortMiddleware(RequestDelegate next, IOptions<GatewayOptions> options)
{
    private readonly int _port = options.Value.InternalPort;

    public Task InvokeAsync(HttpContext context)
    {
        if (_port == 0 || context.Connection.LocalPort != _port)
        {
            return next(context);
        }

        return context.GetEndpoint() is { RequestDelegate: { } handler } endpoint && endpoint.Metadata.GetMetadata<InternalMark>() is not null
            ? handler(context)
            : new Problem(ProblemKind.NoPage, $"There is nothing at {context.Request.Path} on the internal port. Players and operators have a port of their own.").ExecuteAsync(context);
    }
}

/// <summary>The mark on an endpoint that the internal port serves too.</summary>
internal sealed record InternalMark;

internal static class InternalMarks
{
    public static TBuilder AlsoInternal<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new InternalMark());
}
