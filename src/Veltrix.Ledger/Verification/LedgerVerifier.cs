using System.Security.Cryptography;
using System.Text;

namespace Veltrix.Ledger.Verification;

/// <summary>
/// Walks every chain, recomputes every standing and compares what the database says of itself. It keeps one number a player and the operations
/// of one hunt in memory, some 50 bytes an entry, because it does not trust the unique keys either.
/// </summary>
/// <param name="audit">the ledger</param>
/// <param name="progress">told the number of entries every now and then</param>
public sealed class LedgerVerifier(ILedgerAudit audit, IProgress<long>? progress = null)
{
    private const int ProgressEvery = 10_000;

    private int _hunts;
    private int _shards;
    private int _players;
    private long _entries;
    private long _points;
    private long _erased;

    /// <summary>Checks one hunt, or all. Stops at the first thing that is wrong.</summary>
    public async Task<LedgerReport> VerifyAsync(HuntId? only = null, CancellationToken cancellationToken = default)
    {
        LedgerProblem? problem;
        try
        {
            problem = await FindProblemAsync(only, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            problem = new LedgerProblem(null, null, null, $"the database cannot be read: {unreadable.Message}");
        }

        return new LedgerReport(_hunts, _shards, _entries, _points, _players, _erased, problem);
    }

    private async Task<LedgerProblem?> FindProblemAsync(HuntId? only, CancellationToken cancellationToken)
    {
        var hunts = await audit.ListHuntsAsync(cancellationToken);
        if (only is { } wanted)
        {
            if (!hunts.Contains(wanted))
            {
                return new LedgerProblem(wanted, null, null, "the ledger has no entry of it.");
            }

            hunts = [wanted];
        }

        foreach (var hunt in hunts)
        {
            if (await VerifyHuntAsync(hunt, cancellationToken) is { } problem)
            {
                return problem;
            }

            _hunts++;
        }

        // Last, because the walk names the entry and this does not.
        await foreach (var damage in audit.FindDamageAsync(cancellationToken))
        {
            return new LedgerProblem(null, null, null, damage);
        }

        return null;
    }

    private async Task<LedgerProblem?> VerifyHuntAsync(HuntId hunt, CancellationToken cancellationToken)
    {
        var seen = new Seen();
        var chains = await audit.ListChainsAsync(hunt, cancellationToken);
        foreach (var chain in chains)
        {
            if (await VerifyChainAsync(hunt, chain, seen, cancellationToken) is { } problem)
            {
                return problem;
            }

            _shards++;
        }

        var totals = await audit.ReadTotalsAsync(hunt, cancellationToken);
        _players += seen.Standings.Count;
        return CompareStandings(hunt, seen.InOrder(), [.. totals.Players.Order(StandingOrder.Instance)])
            ?? CompareLengths(hunt, chains, totals);
    }

    private async Task<LedgerProblem?> VerifyChainAsync(HuntId hunt, StoredChain chain, Seen seen, CancellationToken cancellationToken)
    {
        using var hashes = new LedgerChain();
        var head = ChainHead.Empty;
        try
        {
            await foreach (var entry in audit.ReadChainAsync(hunt, chain.Shard, cancellationToken))
            {
                if (FindProblem(hashes, entry, head, seen) is { } what)
                {
                    return new LedgerProblem(hunt, chain.Shard, Math.Min(entry.Position, head.Entries + 1), what);
                }

                head = new ChainHead(
                    entry.Position, checked(head.Points + entry.Content.Points), entry.Hash, entry.At, entry.Content.Kind == EntryKind.Seal);
                Count(entry);
            }
        }
        catch (InvalidDataException damage)
        {
            return new LedgerProblem(hunt, chain.Shard, head.Entries + 1, $"{damage.Message}.");
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            return new LedgerProblem(hunt, chain.Shard, head.Entries + 1, $"the entry cannot be read: {unreadable.Message}");
        }

        return CompareHead(hunt, chain, head);
    }

    private void Count(LedgerEntry entry)
    {
        _entries++;
        _points = checked(_points + entry.Content.Points);
        _erased += entry.Content.Text is null && !entry.TextDigest.IsEmpty ? 1 : 0;
        if (_entries % ProgressEvery == 0)
        {
            progress?.Report(_entries);
        }
    }

    private static string? FindProblem(LedgerChain hashes, LedgerEntry entry, ChainHead head, Seen seen)
    {
        var content = entry.Content;
        if (entry.Position != head.Entries + 1)
        {
            return entry.Position > head.Entries ? "the entry is missing." : "the position occurs twice.";
        }

        if (entry.Hash.Length != LedgerChain.HashBytes || entry.TextDigest.Length is not (0 or LedgerChain.HashBytes))
        {
            return "its hash or its text's digest has not 32 bytes.";
        }

        if (!hashes.Holds(entry))
        {
            return "its hash is not that of its content and the hash before: one of its fields was changed.";
        }

        if (content.Text is { } text && !Digest(text).AsSpan().SequenceEqual(entry.TextDigest.AsSpan()))
        {
            return "its text is not the one whose digest it has.";
        }

        if (head.Sealed)
        {
            return "it follows the seal, which must be the last entry.";
        }

        if (entry.At < head.At)
        {
            return "its time lies before the time of the entry before it.";
        }

        if (content.Kind is < EntryKind.Claim or > EntryKind.Seal)
        {
            return $"its kind is {(byte)content.Kind}, which is none.";
        }

        if (!seen.Operations.Add(content.Operation))
        {
            return $"its operation {content.Operation} was recorded before.";
        }

        if (content.Kind == EntryKind.Claim && !seen.Claims.Add((content.Treasure, content.Generation)))
        {
            return $"its treasure {content.Treasure}, generation {content.Generation}, was claimed before.";
        }

        seen.Score(entry);
        return null;
    }

    private static LedgerProblem? CompareHead(HuntId hunt, StoredChain chain, ChainHead head)
    {
        var what = chain.Head switch
        {
            null => "the database has its entries but not its head.",
            { } stored when stored.Entries != head.Entries =>
                $"the chain has {head.Entries} entries and its stored head says {stored.Entries}: the last ones are missing or the head was changed.",
            { } stored when !stored.Hash.AsSpan().SequenceEqual(head.Hash.AsSpan()) => "the stored head's hash is not the last entry's.",
            { } stored when stored.Points != head.Points => $"the stored head says {stored.Points} points and the entries sum up to {head.Points}.",
            { } stored when stored.At != head.At || stored.Sealed != head.Sealed => "the stored head's time or seal is not the last entry's.",
            _ => null,
        };
        return what is null ? null : new LedgerProblem(hunt, chain.Shard, head.Entries, what);
    }

    private static LedgerProblem? CompareStandings(HuntId hunt, ImmutableArray<PlayerTotal> entries, ImmutableArray<PlayerTotal> board)
    {
        for (var rank = 0; rank < Math.Max(entries.Length, board.Length); rank++)
        {
            var expected = rank < entries.Length ? entries[rank] : default(PlayerTotal?);
            var found = rank < board.Length ? board[rank] : default(PlayerTotal?);
            if (expected != found)
            {
                return new LedgerProblem(
                    hunt, null, null, $"rank {rank + 1} of the board is {Describe(found)}, and the entries say {Describe(expected)}.");
            }
        }

        return null;

        static string Describe(PlayerTotal? total) =>
            total is { } known ? $"{known.Player} with {known.Points} points and {known.Finds} finds" : "nobody";
    }

    private static LedgerProblem? CompareLengths(HuntId hunt, ImmutableArray<StoredChain> chains, LedgerTotals totals)
    {
        foreach (var chain in chains)
        {
            var counted = chain.Shard < totals.Entries.Length ? totals.Entries[chain.Shard] : 0;
            if (counted != (chain.Head?.Entries ?? 0))
            {
                return new LedgerProblem(hunt, chain.Shard, null, $"the board counts {counted} entries and the chain has {chain.Head?.Entries}.");
            }
        }

        return null;
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>What was met in one hunt so far.</summary>
    private sealed class Seen
    {
        public HashSet<OperationId> Operations { get; } = [];

        public HashSet<(int Treasure, int Generation)> Claims { get; } = [];

        public Dictionary<PlayerId, PlayerTotal> Standings { get; } = [];

        public void Score(LedgerEntry entry)
        {
            if (entry.Content is { Points: not 0 } content)
            {
                var known = Standings.GetValueOrDefault(content.Player);
                Standings[content.Player] = new PlayerTotal(
                    content.Player,
                    checked(known.Points + content.Points),
                    known.Finds + (content.Kind == EntryKind.Claim ? 1 : 0),
                    Math.Max(known.ReachedAt, entry.At));
            }
        }

        public ImmutableArray<PlayerTotal> InOrder() => [.. Standings.Values.Order(StandingOrder.Instance)];
    }
}
