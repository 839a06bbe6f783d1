using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Hunts;

/// <summary>Reads the hunt of a request's address.</summary>
internal static class HuntAddress
{
    public static Problem NoHunt(string hunt) => new(ProblemKind.NoHunt, $"There is no hunt '{Short(hunt)}'. GET /v1/hunts lists those that there are.");

    /// <summary>The hunt's room, or the refusal.</summary>
    public static async ValueTask<(HuntRoom Room, Problem? Problem)> ReadAsync(this HuntRooms rooms, string hunt, CancellationToken cancellationToken) =>
        HuntId.TryParse(hunt, out var id) && await rooms.FindAsync(id, cancellationToken) is { } room ? (room, null) : (null!, NoHunt(hunt));

    /// <summary>The same for what the hunt's rules may keep from spectators.</summary>
    public static async ValueTask<(HuntRoom Room, Problem? Problem)> ReadForSpectatorAsync(
        this HuntRooms rooms, string hunt, HttpContext context, OperatorGate gate, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        return problem is not null || room.Definition.Draft.Rules.Spectators || await gate.HasAsync(context, OperatorRole.Viewer)
            ? (room, problem)
            : (room, new Problem(ProblemKind.NoSpectators, "This hunt's rules allow no spectators. Send an operator key as Authorization: Bearer."));
    }

    // What came from outside goes back in full only when it is short.
    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
