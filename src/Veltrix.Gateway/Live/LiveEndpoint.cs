using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Live;

/// <summary>Where viewers' sockets arrive.</summary>
internal static class LiveEndpoint
{
    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/hunts/{hunt}/live", WatchAsync).For(Access.Spectator).WithTags("Live")
            .WithSummary("A WebSocket that shows a hunt as it happens: players, finds, board, figures")
            .WithDescription(
                """
                Binary messages tell players: first a whole picture, then changes (little-endian; slot u16, xy two u16): u8 1 whole or 2 changes, u8 0, u16 gone, u16 came, u16 moved, then
                gone x slot, came x (slot, xy, u8 length, name), moved x (slot, xy). A whole picture is followed by the dug holes: u8 3, u8 0, u16 0, u32 count, count x xy. Text messages
                are JSON with state, finds, board and figures; what is left out has not changed. Nothing is read from the viewer. Browsers, which cannot send a header, may offer the operator key as
                a second sub-protocol beside veltrix.live.
                """)
            .Produces(StatusCodes.Status101SwitchingProtocols)
            .Refuses(ProblemKind.NoWebSocket, ProblemKind.NoSpectators, ProblemKind.NoHunt, ProblemKind.Full, ProblemKind.Unavailable);

    private static async Task<IResult> WatchAsync(
        string hunt, HttpContext context, HuntRooms rooms, OperatorGate gate, TimeProvider clock, IOptions<GatewayOptions> options, CancellationToken cancellationToken)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return new Problem(ProblemKind.NoWebSocket, "Open a WebSocket here; the page at / does.");
        }

        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (!room.Definition.Draft.Rules.Spectators && !await MayWatchAsync(context, gate))
        {
            return new Problem(ProblemKind.NoSpectators, "This hunt's rules allow no spectators. Send an operator key as Authorization: Bearer.");
        }

        if (!room.Feed.HasRoom)
        {
            return Full();
        }

        using var webSocket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = offered.Contains("veltrix.live") ? "veltrix.live" : null,
            KeepAliveInterval = options.Value.KeepAlive,
            KeepAliveTimeout = options.Value.KeepAlive,
        });
        var viewer = new LiveViewer(webSocket, clock, options.Value.SendTime);
        if (!room.Feed.TryAdd(viewer))
        {
            await webSocket.CloseAsync((System.Net.WebSockets.WebSocketCloseStatus)1013, "full", cancellationToken);
            return Results.Empty;
        }

        try
        {
            await viewer.WaitAsync(context.RequestAborted);
        }
        finally
        {
            room.Feed.Remove(viewer);
        }

        return Results.Empty;
    }

    private static async ValueTask<bool> MayWatchAsync(HttpContext context, OperatorGate gate) =>
        await gate.HasAsync(context, OperatorRole.Viewer)
        || (context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(static name => name.StartsWith(OperatorKeys.Prefix, StringComparison.Ordinal)) is { } key
            && await gate.AcceptsAsync(context, key, OperatorRole.Viewer));

    private static Problem Full() => new(ProblemKind.Full, "This hunt has as many viewers at this gateway as it takes. Try again later.", retryAfter: 10);
}
