using System.Collections.Immutable;
using Orleans.Concurrency;
using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>How an append is to go wrong.</summary>
public enum LedgerFault
{
    /// <summary>It fails and nothing is recorded.</summary>
    Before,

    /// <summary>All is recorded and the reply is lost.</summary>
    After,

    /// <summary>The shard has too much to do: nothing is recorded.</summary>
    Busy,
}

/// <summary>A ledger with the promises of the real one, in memory: unique operations and treasures over all shards, sealing, faults on demand.</summary>
public sealed class MemoryLedger(TimeProvider clock) : ILedgerArchive
{
    private readonly Lock _lock = new();
    private readonly Dictionary<HuntId, Hunt> _hunts = [];

    /// <summary>How many appends were asked for, faulted ones too.</summary>
    public int Appends(HuntId hunt) => Read(hunt, static h => h.Appends);

    public ImmutableArray<LedgerEntry> Entries(HuntId hunt) => Read(hunt, static h => h.Shards.Values.SelectMany(s => s).ToImmutableArray());

    /// <summary>Lets the next appends go wrong, one each.</summary>
    public void Fail(HuntId hunt, params LedgerFault[] faults) => Read(hunt, h =>
    {
        foreach (var fault in faults)
        {
            h.Faults.Enqueue(fault);
        }

        return 0;
    });

    /// <summary>Holds all appends of a hunt after they are recorded until the returned source is completed; the second is completed when one waits.</summary>
    public (TaskCompletionSource Release, Task Reached) Hold(HuntId hunt) => Read(hunt, static h =>
    {
        h.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        h.Reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (h.Gate, h.Reached.Task);
    });

    public void SealNow(HuntId hunt, int shard) => Read(hunt, h => h.Sealed.Add(shard));

    public bool IsSealed(HuntId hunt, int shard) => Read(hunt, h => h.Sealed.Contains(shard));

    public async Task<ImmutableArray<EntryReceipt>> AppendAsync(HuntId hunt, int shard, ImmutableArray<EntryDraft> drafts)
    {
        var (fault, gate, reached) = Read(hunt, static h =>
        {
            h.Appends++;
            return (h.Faults.TryDequeue(out var next) ? next : (LedgerFault?)null, h.Gate, h.Reached);
        });
        await Task.Yield();
        if (fault == LedgerFault.Before)
        {
            throw new IOException("The disk is full.");
        }

        if (fault == LedgerFault.Busy)
        {
            return [.. drafts.Select(_ => new EntryReceipt(EntryStatus.Busy))];
        }

        var receipts = Read(hunt, h => drafts.Select(draft => Append(h, hunt, shard, draft)).ToImmutableArray());
        reached?.TrySetResult();
        await (gate?.Task ?? Task.CompletedTask);
        return fault == LedgerFault.After ? throw new IOException("The reply is lost.") : receipts;
    }

    public EntryReceipt? Find(HuntId hunt, OperationId operation) => Read(hunt, h => h.Operations.TryGetValue(operation, out var entry) ? Repeated(entry) : (EntryReceipt?)null);

    public ShardHead Seal(HuntId hunt, int shard) => Read(hunt, h =>
    {
        h.Sealed.Add(shard);
        return new ShardHead(h.Of(shard).Count, h.Of(shard).Sum(e => e.Content.Points), [], Sealed: true);
    });

    public ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default) =>
        new(Read(hunt, h =>
        {
            var here = h.Shards.Values.SelectMany(s => s).Where(e => e.Content.Region == region).OrderBy(e => e.At).ToList();
            return new RegionHistory(
                [.. here.Where(e => e.Content.Kind == EntryKind.Claim)
                    .Select(e => new PastClaim(e.Content.Treasure, e.Content.Generation, e.At, e.Content.Player, e.Content.Points))],
                [.. here.Where(e => e.Content.Kind == EntryKind.Clue).TakeLast(clues)
                    .Select(e => new PastClue(e.Content.Operation, e.Content.Player, e.Content.Tile, e.Content.Text))]);
        }));

    public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) => new(Read(hunt, h =>
    {
        var totals = h.Shards.Values.SelectMany(s => s).Where(Scores).GroupBy(e => e.Content.Player).Select(g => new PlayerTotal(
            g.Key, g.Sum(e => e.Content.Points), g.Count(e => e.Content.Kind == EntryKind.Claim), g.Last(e => e.Content.Points != 0).At));
        var last = h.Shards.Count == 0 ? -1 : h.Shards.Keys.Max();
        return new LedgerTotals([.. totals], [.. Enumerable.Range(0, last + 1).Select(s => (long)h.Of(s).Count)]);
    }));

    public ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default) =>
        new(Read(hunt, h => h.Of(shard).Where(e => e.Content.Player == player).Sum(e => e.Content.Points)));

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
        HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default) =>
        new(Read(hunt, h => h.Of(shard).Skip((int)after).Take(limit).ToImmutableArray()));

    private static EntryReceipt Repeated(LedgerEntry entry) => new(EntryStatus.Repeated, entry.Position, entry.Content.Points, entry.At);

    private static bool Scores(LedgerEntry entry) => entry.Content.Kind == EntryKind.Claim || entry.Content.Points != 0;

    private EntryReceipt Append(Hunt h, HuntId hunt, int shard, EntryDraft draft)
    {
        if (h.Operations.TryGetValue(draft.Operation, out var repeated))
        {
            return Repeated(repeated);
        }

        if (h.Sealed.Contains(shard))
        {
            return new EntryReceipt(EntryStatus.Sealed);
        }

        if (draft.Kind == EntryKind.Claim && h.Treasures.TryGetValue((draft.Treasure, draft.Generation), out var winner))
        {
            return new EntryReceipt(EntryStatus.Taken, At: winner.At);
        }

        var entry = new LedgerEntry(hunt, shard, h.Of(shard).Count + 1, clock.GetUtcNow().ToUnixTimeMilliseconds(), draft, [], [], []);
        h.Of(shard).Add(entry);
        h.Operations.Add(draft.Operation, entry);
        if (draft.Kind == EntryKind.Claim)
        {
            h.Treasures.Add((draft.Treasure, draft.Generation), entry);
        }

        return new EntryReceipt(EntryStatus.Recorded, entry.Position, draft.Points, entry.At);
    }

    private T Read<T>(HuntId hunt, Func<Hunt, T> read)
    {
        lock (_lock)
        {
            if (!_hunts.TryGetValue(hunt, out var known))
            {
                _hunts.Add(hunt, known = new Hunt());
            }

            return read(known);
        }
    }

    private sealed class Hunt
    {
        public SortedDictionary<int, List<LedgerEntry>> Shards { get; } = [];

        public Dictionary<OperationId, LedgerEntry> Operations { get; } = [];

        public Dictionary<(int Treasure, int Generation), LedgerEntry> Treasures { get; } = [];

        public HashSet<int> Sealed { get; } = [];

        public Queue<LedgerFault> Faults { get; } = [];

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource? Reached { get; set; }

        public int Appends { get; set; }

        public List<LedgerEntry> Of(int shard)
        {
            if (!Shards.TryGetValue(shard, out var entries))
            {
                Shards.Add(shard, entries = []);
            }

            return entries;
        }
    }
}

/// <summary>The ledger's grain over the memory ledger.</summary>
[GrainType("ledger-shard"), Reentrant]
public sealed class MemoryLedgerGrain(MemoryLedger ledger) : Grain, ILedgerShardGrain
{
    private HuntId Hunt => GrainKeys.Split(this.GetPrimaryKeyString()).Hunt;

    private int Shard => int.Parse(GrainKeys.Split(this.GetPrimaryKeyString()).Own);

    public async ValueTask<ImmutableArray<EntryReceipt>> AppendAsync(ImmutableArray<EntryDraft> drafts, CancellationToken cancellationToken = default) =>
        await ledger.AppendAsync(Hunt, Shard, drafts);

    public ValueTask<EntryReceipt?> FindAsync(OperationId operation, CancellationToken cancellationToken = default) => new(ledger.Find(Hunt, operation));

    public ValueTask<ShardHead> SealAsync(CancellationToken cancellationToken = default) => new(ledger.Seal(Hunt, Shard));

    public ValueTask<ShardHead> HeadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(Hunt, Shard, after, limit, cancellationToken);
}
