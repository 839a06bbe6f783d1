using Veltrix.Commands.Swarm.Bots;
using Veltrix.Protocol;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Commands.Swarm.Model;

/// <summary>
/// Holds what a look saw against what the swarm knows: who can be there, which clues were written, what was dug. Others move while the answer
/// travels, so a listed player must have been on that tile lately; what the looking player did itself must be seen.
/// </summary>
internal readonly struct LookCheck(HuntModel model, Bot looker, Tile eye, Sighting seen, long now)
{
    /// <summary>What cannot be, or null.</summary>
    /// <param name="thorough">whether to cast shadows too: what is listed must be in sight, and own clues and finds in sight must be listed</param>
    /// <param name="ownClues">clues that the looking player was acknowledged for</param>
    /// <param name="ownFinds">treasures that the looking player was acknowledged for</param>
    public string? Problem(bool thorough, Recent ownClues, Recent ownFinds)
    {
        var sight = thorough ? Sight.From(model.Map, eye, model.Rules.SightRadius) : null;
        return Counts("players", seen.PlayersTotal, seen.Players.Length, ProtocolLimits.PlayersListed)
            ?? Counts("clues", seen.CluesTotal, seen.Clues.Length, ProtocolLimits.CluesListed)
            ?? Counts("dug holes", seen.MarksTotal, seen.Marks.Length, ProtocolLimits.MarksListed)
            ?? Players(sight) ?? Clues(sight) ?? Marks(sight)
            ?? (sight is null ? null : OwnClues(sight, ownClues.All) ?? OwnFinds(sight, ownFinds.All));
    }

    private static string? Counts(string what, int total, int listed, int most) => listed == Math.Min(total, most)
        ? null
        : $"it counts {total} {what} and lists {listed}, where {Math.Min(total, most)} belong";

    private string? Players(SightMask? sight)
    {
        var distance = 0;
        foreach (ref readonly var player in seen.Players.Span)
        {
            var tile = new Tile(player.X, player.Y);
            if (Place($"player {player.Name}", tile, sight, ref distance) is { } misplaced)
            {
                return misplaced;
            }

            if (model.Find(player.Name) is not { } bot)
            {
                if (model.Alone)
                {
                    return $"player '{player.Name}' is in sight, whom nobody let join";
                }
            }
            else if (ReferenceEquals(bot, looker))
            {
                return "the looking player is among those in sight";
            }
            else if (!bot.MayBeAt(tile, now))
            {
                return $"player {player.Name} is seen on {tile}, where they have not been lately";
            }
        }

        return null;
    }

    private string? Clues(SightMask? sight)
    {
        var distance = 0;
        foreach (ref readonly var clue in seen.Clues.Span)
        {
            var tile = new Tile(clue.X, clue.Y);
            if (Place($"the clue '{clue.Text}'", tile, sight, ref distance) is { } misplaced)
            {
                return misplaced;
            }

            if (model.Find(clue.Author) is not { } author)
            {
                if (model.Alone)
                {
                    return $"a clue of '{clue.Author}' is in sight, whom nobody let join";
                }
            }
            else if (!ClueTexts.TryCount(clue.Text, out var count)
                || clue.Text != ClueTexts.For(model.Seed, author.Index, count)
                || !author.MayHaveDropped(count, tile, now))
            {
                // An earlier run in the same hunt may have left clues of the same names.
                if (model.Alone)
                {
                    return $"{clue.Author} never wrote '{clue.Text}' on {tile}";
                }
            }
        }

        return null;
    }

    private string? Marks(SightMask? sight)
    {
        var distance = 0;
        foreach (ref readonly var mark in seen.Marks.Span)
        {
            var tile = new Tile(mark.X, mark.Y);
            if (Place("a dug hole", tile, sight, ref distance) is { } misplaced)
            {
                return misplaced;
            }

            if (!model.Treasury.Plan.TryFind(tile, out var treasure))
            {
                return $"a dug hole is seen on {tile}, where nothing was buried";
            }

            model.Treasury.Owe(treasure.Id, $"{looker.Name} saw the hole of treasure {treasure.Id} on {tile}, but nobody has claimed it");
        }

        return null;
    }

    private string? OwnClues(SightMask sight, ReadOnlySpan<(Tile Tile, uint Count)> own)
    {
        var clues = seen.Clues.Span;
        var farthest = clues.Length < seen.CluesTotal ? eye.SquaredDistanceTo(new Tile(clues[^1].X, clues[^1].Y)) : int.MaxValue;
        foreach (var (tile, count) in own)
        {
            if (sight.Sees(tile) && eye.SquaredDistanceTo(tile) < farthest && model.KeepsAllClues(tile) && !Lists(clues, tile, count))
            {
                return $"the own clue #{count} on {tile} is in sight and not listed";
            }
        }

        return null;
    }

    private bool Lists(ReadOnlySpan<SeenClue> clues, Tile tile, uint count)
    {
        foreach (ref readonly var clue in clues)
        {
            if (clue.X == tile.X && clue.Y == tile.Y && clue.Author == looker.Name
                && ClueTexts.TryCount(clue.Text, out var listed) && listed == count)
            {
                return true;
            }
        }

        return false;
    }

    private string? OwnFinds(SightMask sight, ReadOnlySpan<(Tile Tile, uint Count)> own)
    {
        if (model.Treasury.Respawns)
        {
            return null;
        }

        var marks = seen.Marks.Span;
        var farthest = marks.Length < seen.MarksTotal ? eye.SquaredDistanceTo(new Tile(marks[^1].X, marks[^1].Y)) : int.MaxValue;
        foreach (var (tile, _) in own)
        {
            if (sight.Sees(tile) && eye.SquaredDistanceTo(tile) < farthest && !marks.Contains(new SeenMark(tile.X, tile.Y)))
            {
                return $"the own hole on {tile} is in sight and not listed";
            }
        }

        return null;
    }

    /// <summary>Whether something is inside of the sight, and not nearer than what was listed before it.</summary>
    private string? Place(string what, Tile tile, SightMask? sight, ref int distance)
    {
        var radius = model.Rules.SightRadius;
        var here = eye.SquaredDistanceTo(tile);
        if (here > radius * radius || sight?.Sees(tile) == false)
        {
            return $"{what} on {tile} is not in sight from {eye}";
        }

        if (here < distance)
        {
            return $"{what} on {tile} is listed after what is farther from {eye}";
        }

        distance = here;
        return null;
    }
}
