using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Operators;

/// <summary>Who may use an endpoint. One without this mark is closed to all, so that a forgotten mark locks a door instead of opening it.</summary>
internal enum Access
{
    /// <summary>Anybody.</summary>
    Open = 1,

    /// <summary>Who has an operator key: checked before the handler runs and before a body is read.</summary>
    Operator = 2,

    /// <summary>A player: the handler checks the token, which belongs to one hunt.</summary>
    Player = 3,

    /// <summary>Anybody where the hunt's rules allow spectators, else operators: the handler asks the hunt.</summary>
    Spectator = 4,
}

/// <summary>Keeps what only operators may do from everybody else.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, OperatorKeys keys)
{
    private static readonly Problem OperatorOnly =
        new(ProblemKind.OperatorOnly, "Send the header Authorization: Bearer vop_..., with an operator key that this gateway accepts.");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        return endpoint.Metadata.GetMetadata<AccessMark>()?.Access switch
        {
            Access.Open or Access.Player or Access.Spectator => next(context),
            Access.Operator when keys.Accepts(context.Request) => next(context),

            // The framework's own endpoints, which answer that a method or a content type is not taken, carry no mark and no secret.
            null when endpoint.Metadata.Count == 0 => next(context),
            _ => OperatorOnly.ExecuteAsync(context),
        };
    }
}

/// <summary>The mark on an endpoint.</summary>
internal sealed record AccessMark(Access Access);

internal static class AccessMarks
{
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Access access)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessMark(access));
}
