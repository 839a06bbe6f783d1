using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;
using Veltrix.Protocol;

namespace Veltrix.Gateway.Sessions;

/// <summary>Where players' sockets arrive. The session is found by the first message, so nothing is known of who connects until then.</summary>
internal static class PlayEndpoint
{
    public static void MapPlay(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/play", PlayAsync).For(Access.Open).WithMetadata(new Uncounted()).WithTags("Play")
            .WithSummary("The play socket: a WebSocket with the sub-protocol veltrix.v1 or veltrix.v1.json, as /protocol says")
            .Produces(StatusCodes.Status101SwitchingProtocols)
            .Refuses(ProblemKind.BadRequest, ProblemKind.NoWebSocket, ProblemKind.TooMany, ProblemKind.Full, ProblemKind.Starting);

    private static async Task<IResult> PlayAsync(HttpContext context, SessionTable sessions, AddressBook addresses, RehearsalGate gate)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return new Problem(ProblemKind.NoWebSocket, "Open a WebSocket here, with the sub-protocol veltrix.v1 or veltrix.v1.json; /protocol says how.");
        }

        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var json = !offered.Contains(ProtocolLimits.BinarySubProtocol);
        if (json && !offered.Contains(ProtocolLimits.JsonSubProtocol))
        {
            return new Problem(
                ProblemKind.BadRequest, $"Offer the sub-protocol {ProtocolLimits.BinarySubProtocol} or {ProtocolLimits.JsonSubProtocol} in Sec-WebSocket-Protocol.");
        }

        if (gate.IsShutFor(context.Request))
        {
            return new Problem(ProblemKind.Starting, "This gateway is just starting. Try another one, or this one again in a second.", retryAfter: 1);
        }

        if (sessions.Connected >= sessions.Options.MaxSessions)
        {
            return new Problem(ProblemKind.Full, "This gateway has no room for another socket. Try again in a few seconds.", retryAfter: 5);
        }

        if (!addresses.TryEnterStranger(context.Connection.RemoteIpAddress, out var guest))
        {
            return new Problem(ProblemKind.TooMany, "Too many sockets of this address have not resumed a session. Send the resume at once after connecting.", retryAfter: 5);
        }

        sessions.Connect();
        try
        {
            using var webSocket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = json ? ProtocolLimits.JsonSubProtocol : ProtocolLimits.BinarySubProtocol,
                KeepAliveInterval = sessions.Options.KeepAlive,
                KeepAliveTimeout = sessions.Options.KeepAlive,
            });
            using var socket = new PlaySocket(sessions, webSocket, json, guest);
            await socket.RunAsync(context.RequestAborted);
        }
        finally
        {
            sessions.Disconnect();
            guest.Dispose();
        }

        return Results.Empty;
    }
}
