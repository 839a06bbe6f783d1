using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Boards;

/// <summary>Rankings, exact as of a number of ledger entries.</summary>
internal static class BoardEndpoints
{
    private const int MostTop = 1000;
    private const int MostAround = 500;

    public static void MapBoards(this IEndpointRouteBuilder routes)
    {
        var board = routes.MapGroup("/v1/hunts/{hunt}/board").WithTags("Boards");
        board.MapGet("", TopAsync).For(Access.Spectator)
            .WithSummary("The first of a hunt's ranking")
            .WithDescription("More points come first; of equal points, who had them earlier; of the same moment, the name that is smaller byte by byte. Nobody shares a rank.")
            .Produces<BoardShape>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.NoSpectators, ProblemKind.NoHunt, ProblemKind.Unavailable);
        board.MapGet("/{player}", AroundAsync).For(Access.Spectator)
            .WithSummary("A player's place and those next to it")
            .Produces<BoardShape>()
            .Refuses(ProblemKind.BadRequest, ProblemKind.BadName, ProblemKind.NoSpectators, ProblemKind.NoHunt, ProblemKind.NoStanding, ProblemKind.Unavailable);
    }

    private static async Task<IResult> TopAsync(
        string hunt, int? top, HttpContext context, OperatorGate gate, HuntRooms rooms, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadForSpectatorAsync(hunt, context, gate, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (top is < 1 or > MostTop)
        {
            return new Problem(ProblemKind.BadRequest, $"top is {top}: give 1 to {MostTop}.");
        }

        return Show(await grains.Board(room.Id).TopAsync(top ?? 10, cancellationToken));
    }

    private static async Task<IResult> AroundAsync(
        string hunt, string player, int? around, HttpContext context, OperatorGate gate, HuntRooms rooms, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadForSpectatorAsync(hunt, context, gate, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!PlayerId.TryParse(player, out var id))
        {
            return new Problem(ProblemKind.BadName, "The player's name breaks the rule: 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'.");
        }

        if (around is < 0 or > MostAround)
        {
            return new Problem(ProblemKind.BadRequest, $"around is {around}: give 0 to {MostAround}.");
        }

        var page = await grains.Board(room.Id).AroundAsync(id, around ?? 5, cancellationToken);
        return page.Standings.IsDefaultOrEmpty
            ? new Problem(ProblemKind.NoStanding, $"'{player}' has not scored in this hunt, so there is no place to show.")
            : Show(page);
    }

    private static Ok<BoardShape> Show(BoardPage page) => TypedResults.Ok(BoardShape.Of(page));
}

/// <param name="Standings">in order of rank</param>
/// <param name="Players">how many players have scored</param>
/// <param name="Entries">how many entries of the ledger the board includes, of any kind</param>
/// <param name="Points">the sum of all points</param>
internal sealed record BoardShape(ImmutableArray<StandingShape> Standings, int Players, long Entries, long Points)
{
    public static BoardShape Of(BoardPage page) => new(
        [.. page.Standings.Select(standing => new StandingShape(
            standing.Rank,
            standing.Total.Player.Value,
            standing.Total.Points,
            standing.Total.Finds,
            DateTimeOffset.FromUnixTimeMilliseconds(standing.Total.ReachedAt)))],
        page.Players,
        page.Entries,
        page.Points);
}

/// <param name="Rank">counted from 1</param>
/// <param name="Player">whose</param>
/// <param name="Points">how many points</param>
/// <param name="Finds">how many treasures</param>
/// <param name="ReachedAt">when the points last changed</param>
internal sealed record StandingShape(int Rank, string Player, long Points, int Finds, DateTimeOffset ReachedAt);
