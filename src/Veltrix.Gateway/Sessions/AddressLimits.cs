using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// Holds each address to a rate of requests, before anything is known of who sends them. Joins are counted where it is known whether their token is good: thousands
/// of players with good tokens may come through one address at once.
/// </summary>
internal sealed class AddressLimits(RequestDelegate next, AddressBook addresses)
{
    public Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<Uncounted>() is not null || metadata?.GetMetadata<AccessMark>() is { Access: Access.Player }
            || addresses.TryRequest(context.Connection.RemoteIpAddress, out var seconds))
        {
            return next(context);
        }

        return new Problem(ProblemKind.TooMany, "This address sends too many requests. Send fewer a second.", seconds).ExecuteAsync(context);
    }
}

/// <summary>On an endpoint that has limits of its own, or that must answer whoever floods the others.</summary>
internal sealed record Uncounted;
