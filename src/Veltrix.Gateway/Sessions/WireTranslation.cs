using Veltrix.Protocol;
using Veltrix.World;

namespace Veltrix.Gateway.Sessions;

/// <summary>Between the wire's words and the grains': the numbers are the same, the types are each side's own.</summary>
internal static class WireTranslation
{
    public static PlayerCommand ToGrain(this in Command command, int refusedMilliseconds) =>
        new((Veltrix.Contracts.CommandKind)command.Kind, new Tile(command.X, command.Y), command.Text, refusedMilliseconds);

    public static Answer ToWire(this in CommandAnswer answer)
    {
        var kind = (Veltrix.Protocol.CommandKind)answer.Kind;
        return (answer.Result, answer.Kind) switch
        {
            (CommandResult.Busy or CommandResult.TooFast, _) => Answer.Later(kind, (ResultCode)answer.Result, (uint)Math.Max(1, answer.RetryMilliseconds)),
            (not CommandResult.Ok, _) => Answer.Of(kind, (ResultCode)answer.Result),
            (_, Veltrix.Contracts.CommandKind.Move) => Answer.Moved(answer.Tile.X, answer.Tile.Y),
            (_, Veltrix.Contracts.CommandKind.Where) => Answer.Standing(answer.Tile.X, answer.Tile.Y, answer.Points),
            (_, Veltrix.Contracts.CommandKind.Dig) => Answer.Dug(answer.Points, (uint)Math.Max(0, answer.Treasure)),
            (_, Veltrix.Contracts.CommandKind.Look) => Answer.Saw(answer.Seen is { } seen ? seen.ToWire() : Veltrix.Protocol.Sighting.Nothing),
            _ => Answer.Of(kind, ResultCode.Ok),
        };
    }

    public static HuntState ToWire(this HuntPhase phase) => phase switch
    {
        HuntPhase.Scheduled => HuntState.NotStarted,
        HuntPhase.Running => HuntState.Running,
        HuntPhase.Over => HuntState.Over,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "No such phase."),
    };

    private static Veltrix.Protocol.Sighting ToWire(this Veltrix.Contracts.Sighting seen)
    {
        if (seen.PlayerCount == 0 && seen.ClueCount == 0 && seen.MarkCount == 0)
        {
            return Veltrix.Protocol.Sighting.Nothing;
        }

        var players = seen.Players.Length == 0 ? [] : new Veltrix.Protocol.SeenPlayer[seen.Players.Length];
        for (var i = 0; i < players.Length; i++)
        {
            var player = seen.Players[i];
            players[i] = new Veltrix.Protocol.SeenPlayer(player.Player.Value, player.Tile.X, player.Tile.Y);
        }

        var clues = seen.Clues.Length == 0 ? [] : new Veltrix.Protocol.SeenClue[seen.Clues.Length];
        for (var i = 0; i < clues.Length; i++)
        {
            var clue = seen.Clues[i];
            clues[i] = new Veltrix.Protocol.SeenClue(clue.Tile.X, clue.Tile.Y, clue.Author.Value ?? "", clue.Text ?? "");
        }

        var marks = seen.Marks.Length == 0 ? [] : new SeenMark[seen.Marks.Length];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = new SeenMark(seen.Marks[i].X, seen.Marks[i].Y);
        }

        return new Veltrix.Protocol.Sighting
        {
            PlayersTotal = seen.PlayerCount,
            Players = players,
            CluesTotal = seen.ClueCount,
            Clues = clues,
            MarksTotal = seen.MarkCount,
            Marks = marks,
        };
    }
}
