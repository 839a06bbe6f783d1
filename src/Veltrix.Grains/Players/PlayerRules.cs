using Veltrix.Grains.Hunts;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Players;

/// <summary>The moment by which a frame is judged. A frame that is tried again after a fault is judged by the moment of its first try.</summary>
/// <param name="Steady">milliseconds of a steady clock, for the pace</param>
/// <param name="Wall">the time, for the hunt's course</param>
internal readonly record struct Moment(long Steady, DateTimeOffset Wall);

/// <summary>What needs only the player and the immutable map to be decided.</summary>
internal static class PlayerRules
{
    /// <summary>The longest clue, in characters (Unicode scalar values).</summary>
    public const int MaxClue = 140;

    /// <summary>Judges a command.</summary>
    /// <param name="scene">the hunt</param>
    /// <param name="phase">its course at the moment</param>
    /// <param name="state">the player before the command</param>
    /// <param name="command">the command</param>
    /// <param name="now">the moment's steady clock</param>
    /// <param name="pace">the player's pace after the command</param>
    /// <param name="answer">the answer, when the command goes no further</param>
    /// <returns>whether the command goes on: to a region, to the player's points, or out of the hunt</returns>
    public static bool Allows(
        HuntScene scene, HuntPhase phase, in PlayerState state, in PlayerCommand command, long now, out Pace pace, out CommandAnswer answer)
    {
        pace = state.Pace;
        answer = default;
        var result = state.Left ? CommandResult.Left : CommandResult.Ok;
        var retry = 0;
        if (result == CommandResult.Ok && command.RefusedMilliseconds > 0)
        {
            (result, retry) = (CommandResult.Busy, command.RefusedMilliseconds);
        }
        else if (result == CommandResult.Ok && command.Kind is not (CommandKind.Where or CommandKind.Leave))
        {
            result = phase switch
            {
                HuntPhase.Scheduled => CommandResult.NotStarted,
                HuntPhase.Over => CommandResult.HuntOver,
                _ => JudgePlay(scene, state, command, now, out pace, out retry),
            };
        }

        if (result == CommandResult.Ok)
        {
            return true;
        }

        answer = new CommandAnswer(command.Kind, result, state.Tile, RetryMilliseconds: retry);
        return false;
    }

    private static CommandResult JudgePlay(
        HuntScene scene, in PlayerState state, in PlayerCommand command, long now, out Pace pace, out int retry)
    {
        (pace, retry) = (state.Pace, 0);
        switch (command.Kind)
        {
            case CommandKind.Move:
                return JudgeMove(scene, state, command.Target, now, out pace, out retry);
            case CommandKind.Look:
                return CommandResult.Ok;
            case CommandKind.DropClue:
                return IsClue(command.Text) ? JudgeReach(scene, state.Tile, command.Target) : CommandResult.BadText;
            case CommandKind.Dig:
                // What the map tells needs no region: most digs find nothing.
                var buried = scene.Plan.TryFind(command.Target, out _);
                var reach = JudgeReach(scene, state.Tile, command.Target);
                return reach == CommandResult.Blocked && buried ? CommandResult.Ok
                    : reach == CommandResult.Ok && !buried ? CommandResult.Empty
                    : reach;
            default:
                throw new ArgumentException($"There is no command {command.Kind}.", nameof(command));
        }
    }

    private static CommandResult JudgeMove(HuntScene scene, in PlayerState state, Tile target, long now, out Pace pace, out int retry)
    {
        (pace, retry) = (state.Pace, 0);
        switch (Movement.Judge(scene.Map, state.Tile, target, scene.Rules.Reach, out var cost))
        {
            case MoveVerdict.TooFar:
                return CommandResult.TooFar;
            case MoveVerdict.Blocked:
                return CommandResult.Blocked;
            case MoveVerdict.Unreachable:
                return CommandResult.Unreachable;
            default:
                retry = state.Pace.TryWalk(scene.Rules, cost, now, out pace);
                return retry == 0 ? CommandResult.Ok : CommandResult.TooFast;
        }
    }

    private static CommandResult JudgeReach(HuntScene scene, Tile from, Tile target) =>
        !scene.Map.Contains(target) || from.StepsTo(target) > scene.Rules.Reach ? CommandResult.TooFar
        : scene.Map.IsOpen(target) ? CommandResult.Ok
        : CommandResult.Blocked;

    private static bool IsClue(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 2 * MaxClue)
        {
            return false;
        }

        var characters = 0;
        foreach (var unit in text)
        {
            characters += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return characters <= MaxClue;
    }
}
