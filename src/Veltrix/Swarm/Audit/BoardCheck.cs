using Veltrix.Commands.Swarm.Bots;

namespace Veltrix.Commands.Swarm.Audit;

/// <summary>A line of the board.</summary>
internal readonly record struct BoardLine(int Rank, string Player, long Points);

/// <summary>Holds the whole board, in order, against the bots' own sums.</summary>
internal static class BoardCheck
{
    public static void Run(IReadOnlyList<BoardLine> board, IReadOnlyList<Bot> bots, Action<string> wrong)
    {
        var points = new Dictionary<string, long>(board.Count, StringComparer.Ordinal);
        for (var i = 0; i < board.Count; i++)
        {
            var line = board[i];
            if (!points.TryAdd(line.Player, line.Points))
            {
                wrong($"the board lists {line.Player} twice, the second time on rank {line.Rank}");
            }

            if (line.Rank != i + 1)
            {
                wrong($"the board gives {line.Player} rank {line.Rank} in place {i + 1}");
            }

            if (i > 0 && line.Points > board[i - 1].Points)
            {
                wrong($"the board has {line.Player} with {line.Points} points behind {board[i - 1].Player} with {board[i - 1].Points}");
            }
        }

        foreach (var bot in bots)
        {
            var total = points.GetValueOrDefault(bot.Name);
            if (total < bot.Points || total > bot.Points + bot.Uncertain)
            {
                wrong($"the board has {bot.Name} with {total} points, acknowledged were {bot.Points}");
            }
        }
    }
}
