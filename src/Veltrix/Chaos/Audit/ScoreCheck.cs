using System.Text.Json;
using Veltrix.Commands.Swarm.Audit;
using Veltrix.Contracts;

namespace Veltrix.Commands.Chaos.Audit;

/// <summary>
/// Holds the entries of a hunt, as they lie in the database, against the scores that players saw acknowledged: each is there once, and nothing was won twice. It shares no
/// code and no memory with the swarm's own audit: what was acknowledged it reads from the log that was written with each answer.
/// </summary>
internal sealed class ScoreCheck
{
    private readonly Dictionary<OperationId, EntryDraft> _entries = [];
    private readonly Dictionary<(int Treasure, int Generation), OperationId> _winners = [];
    private readonly Dictionary<string, long> _standings = new(StringComparer.Ordinal);
    private readonly Findings _findings = new();

    /// <summary>Entries of the ledger.</summary>
    public int Entries => _entries.Count;

    /// <summary>What does not hold, in sentences; of many of one kind the first.</summary>
    public IEnumerable<string> Problems => _findings.All;

    /// <summary>Takes the next entry of the ledger.</summary>
    public void Add(EntryDraft entry)
    {
        if (!_entries.TryAdd(entry.Operation, entry))
        {
            _findings.Add("operations that are in the ledger twice", $"{entry.Operation} of {entry.Player}");
        }

        if (entry.Kind == EntryKind.Claim && !_winners.TryAdd((entry.Treasure, entry.Generation), entry.Operation))
        {
            _findings.Add("treasures with two winners", $"generation {entry.Generation} of treasure {entry.Treasure}, by {_winners[(entry.Treasure, entry.Generation)]} and {entry.Operation}");
        }

        if (entry.Points != 0)
        {
            _standings[entry.Player.Value] = checked(_standings.GetValueOrDefault(entry.Player.Value) + entry.Points);
        }
    }

    /// <summary>After the last entry: takes a line of the log of acknowledged scores.</summary>
    /// <exception cref="JsonException">That is no line of it.</exception>
    public void Acknowledged(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var operation = new OperationId(new SessionId(Guid.Parse(root.GetProperty("session").GetString()!)), root.GetProperty("sequence").GetUInt64());
        var (player, points) = (root.GetProperty("player").GetString()!, root.GetProperty("points").GetInt64());
        if (!_entries.TryGetValue(operation, out var entry))
        {
            _findings.Add("acknowledged scores that are not in the ledger", $"{points} points of {player}, {operation}");
        }
        else if (entry.Player.Value != player || entry.Points != points)
        {
            _findings.Add("scores that differ from what was acknowledged", $"{points} points of {player} were acknowledged, {entry.Points} of {entry.Player} are recorded, {operation}");
        }
    }

    /// <summary>After the last entry: holds the board that players see against the sums of the entries.</summary>
    public void Board(IReadOnlyList<BoardLine> board)
    {
        var left = new Dictionary<string, long>(_standings, StringComparer.Ordinal);
        foreach (var line in board)
        {
            if (!left.Remove(line.Player, out var points) && line.Points != 0)
            {
                _findings.Add("lines of the board without an entry", $"{line.Player} with {line.Points} points");
            }
            else if (points != line.Points)
            {
                _findings.Add("lines of the board that differ from the ledger", $"{line.Player} has {line.Points} points where the entries sum up to {points}");
            }
        }

        foreach (var (player, points) in left.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            _findings.Add("players who are not on the board", $"{player} with {points} points");
        }
    }
}
