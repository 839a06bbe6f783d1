using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.SignIn;

namespace Veltrix.Gateway.Operators;

/// <summary>Keeps what only operators may do from everybody else, and what only some operators may do from the others.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, OperatorGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        return endpoint.Metadata.GetMetadata<AccessMark>() switch
        {
            { Access: Access.Open or Access.Player or Access.Spectator } => next(context),
            { Role: { } least } => LetInAsync(context, least),

            // The framework's own endpoints, which answer that a method or a content type is not taken, carry no mark and no secret.
            null when endpoint.Metadata.Count == 0 => next(context),
            _ => OperatorFinding.Nobody.Refusal.ExecuteAsync(context),
        };
    }

    private async Task LetInAsync(HttpContext context, OperatorRole least)
    {
        if (await gate.RefusalAsync(context, least) is { } refusal)
        {
            // A person at a browser gets a page to sign in instead, and everybody else the refusal.
            if (refusal.Kind == ProblemKind.OperatorOnly && context.GetEndpoint()?.Metadata.GetMetadata<ForBrowsers>() is not null
                && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers.CacheControl = "no-store";
                context.Response.Redirect(SignInEndpoints.Address);
                return;
            }

            await refusal.ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
