using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Model;
using Veltrix.Commands.Swarm.Reports;
using Veltrix.Contracts;
using Veltrix.Ledger;

namespace Veltrix.Commands.Swarm.Audit;

/// <summary>
/// Holds a hunt's exported ledger against what was acknowledged: every score is there, once and unchanged, and nothing is there that nobody
/// asked for. Each shard's hashes are computed again. Entries of sessions that are not the swarm's count as expected: it cannot know them.
/// </summary>
internal sealed class LedgerAudit : IDisposable
{
    /// <summary>How many findings of one kind are told in words.</summary>
    private const int Told = 5;

    private readonly HuntModel _model;
    private readonly Dictionary<Guid, Own> _own;
    private readonly LedgerChain _chain = new();
    private readonly Dictionary<int, LedgerEntry> _heads = [];
    private readonly HashSet<OperationId> _operations = [];
    private readonly HashSet<(int Treasure, int Generation)> _generations = [];
    private readonly List<string> _findings = [];
    private long _entries;
    private long _points;
    private long _expectedEntries;
    private long _expectedPoints;
    private long _duplicates;
    private long _differences;
    private string? _broken;

    public LedgerAudit(HuntModel model, IReadOnlyList<Bot> bots)
    {
        _model = model;
        _own = bots.ToDictionary(bot => Guid.Parse(bot.Session), bot => new Own(bot));
    }

    /// <summary>How many entries differ from what was acknowledged; <see cref="Findings"/> has the first of them.</summary>
    public long Differences => _differences;

    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Takes the next entry of the export. Entries of a shard come in the order of their positions; shards may be mixed.</summary>
    public void Add(LedgerEntry entry)
    {
        _entries++;
        _points = checked(_points + entry.Content.Points);
        Link(entry);
        var content = entry.Content;
        if (!_operations.Add(content.Operation))
        {
            _duplicates++;
            Tell($"operation {content.Operation} is in the ledger twice, the second time {Place(entry)}");
        }

        if (content.Kind == EntryKind.Claim && !_generations.Add((content.Treasure, content.Generation)))
        {
            _duplicates++;
            Tell($"generation {content.Generation} of treasure {content.Treasure} is claimed twice, the second time {Place(entry)}");
        }

        if (!_own.TryGetValue(content.Operation.Session.Value, out var own))
        {
            _expectedEntries++;
            _expectedPoints += content.Points;
            FindClaim(content);
        }
        else if (!own.Acknowledged(content, out var problem))
        {
            if (own.Asked(content))
            {
                // Its answer never came, so that nobody could expect it; but it was asked for and may have been carried out.
                _expectedEntries++;
                _expectedPoints += content.Points;
                FindClaim(content);
            }
            else
            {
                _differences++;
                Tell($"entry {Place(entry)} of {content.Player}, sequence {content.Operation.Sequence}: {problem}");
            }
        }
    }

    /// <summary>After the last entry: looks for what is missing.</summary>
    public LedgerSummary Finish()
    {
        foreach (var own in _own.Values)
        {
            _expectedEntries += own.Scored.Length;
            foreach (var scored in own.Scored)
            {
                _expectedPoints = checked(_expectedPoints + scored.Points);
            }

            foreach (var missing in own.Missing())
            {
                _differences++;
                Tell($"{own.Bot.Name} was acknowledged sequence {missing.Sequence} for {missing.Points} points, which is not in the ledger");
            }
        }

        return new LedgerSummary(_entries, _points, _expectedEntries, _expectedPoints, _duplicates, _broken ?? "ok");
    }

    public void Dispose() => _chain.Dispose();

    private void Link(LedgerEntry entry)
    {
        var known = _heads.TryGetValue(entry.Shard, out var head);
        _heads[entry.Shard] = entry;
        if (_broken is not null)
        {
            return;
        }

        if (entry.Position != (known ? head!.Position + 1 : 1))
        {
            _broken = $"entry {Place(entry)} follows position {(known ? head!.Position : 0)}";
        }
        else if (!entry.Previous.AsSpan().SequenceEqual(known ? head!.Hash.AsSpan() : LedgerChain.Genesis.AsSpan()))
        {
            _broken = $"entry {Place(entry)} does not continue the hash of the one before";
        }
        else if (!_chain.Holds(entry))
        {
            _broken = $"entry {Place(entry)} does not have the hash of its content";
        }
        else if (entry.Content.Text is { } text && !DigestHolds(text, entry.TextDigest.AsSpan()))
        {
            _broken = $"entry {Place(entry)} has a text that is not the one of its digest";
        }
        else if (known && entry.At < head!.At)
        {
            _broken = $"entry {Place(entry)} is older than the one before";
        }
    }

    private static bool DigestHolds(string text, ReadOnlySpan<byte> digest)
    {
        Span<byte> computed = stackalloc byte[LedgerChain.HashBytes];
        _ = LedgerChain.DigestText(System.Text.Encoding.UTF8.GetBytes(text), computed);
        return computed.SequenceEqual(digest);
    }

    private void FindClaim(EntryDraft content)
    {
        if (content.Kind == EntryKind.Claim)
        {
            _model.Treasury.Found(content.Treasure);
        }
    }

    private void Tell(string finding)
    {
        if (_findings.Count < Told)
        {
            _findings.Add(finding);
        }
    }

    private static string Place(LedgerEntry entry) => $"{entry.Position} of shard {entry.Shard}";

    /// <summary>One bot's acknowledged scores, and which of them were found.</summary>
    private sealed class Own
    {
        private readonly bool[] _found;

        public Own(Bot bot)
        {
            Bot = bot;
            Scored = bot.ScoredSoFar();
            _found = new bool[Scored.Length];
        }

        public Bot Bot { get; }

        /// <summary>The scores of one moment: an answer that comes during the audit is too late to count.</summary>
        public Scored[] Scored { get; }

        public bool Acknowledged(EntryDraft content, out string problem)
        {
            problem = "nobody was acknowledged for it";
            var index = Array.BinarySearch(Scored, new Scored(content.Operation.Sequence, 0, 0), BySequence.Instance);
            if (index < 0)
            {
                return false;
            }

            var scored = Scored[index];
            var entry = new Scored(content.Operation.Sequence, content.Points, content.Kind == EntryKind.Claim ? content.Treasure : -1);
            problem = $"{scored.Points} points for treasure {scored.Treasure} were acknowledged, {entry.Points} for {entry.Treasure} are recorded";
            _found[index] |= scored == entry && content.Player.Value == Bot.Name;
            return _found[index];
        }

        /// <summary>Whether the bot sent that command and never heard what became of it.</summary>
        public bool Asked(EntryDraft content)
        {
            foreach (var (sequence, asked) in Bot.LostAnswers)
            {
                if (sequence == content.Operation.Sequence)
                {
                    return Fits(asked, content);
                }
            }

            var rest = Bot.Rest();
            var index = content.Operation.Sequence - Bot.FirstUnanswered;
            return index < (ulong)rest.Length && Fits(rest[index], content);
        }

        public IEnumerable<Scored> Missing() => Scored.Where((_, index) => !_found[index]);

        private static bool Fits(in Pending asked, EntryDraft content) => asked.Target == content.Tile && content.Kind switch
        {
            EntryKind.Claim => asked.Kind == Protocol.CommandKind.Dig,
            EntryKind.Clue => asked.Kind == Protocol.CommandKind.DropClue,
            _ => false,
        };
    }

    private sealed class BySequence : IComparer<Scored>
    {
        public static readonly BySequence Instance = new();

        public int Compare(Scored x, Scored y) => x.Sequence.CompareTo(y.Sequence);
    }
}
