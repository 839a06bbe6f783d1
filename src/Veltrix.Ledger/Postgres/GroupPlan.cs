using System.Security.Cryptography;
using System.Text;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// Works out in memory what of a group goes into the ledger, from what is known to be on disk: each draft's receipt, and for those that go in
/// their position and hash. Worked out again when more is known. Reused from group to group; for one at a time.
/// </summary>
internal sealed class GroupPlan(int maxTextBytes) : IDisposable
{
    private readonly LedgerChain _chain = new();
    private readonly Dictionary<OperationId, EntryReceipt> _onDisk = [];
    private readonly Dictionary<(int Treasure, int Generation), long> _claimedOnDisk = [];
    private readonly Dictionary<OperationId, EntryReceipt> _inGroup = [];
    private readonly HashSet<(int Treasure, int Generation)> _claimedInGroup = [];
    private readonly List<PlannedRow> _rows = [];
    private readonly List<byte[]> _hashes = [];
    private readonly byte[] _head = new byte[LedgerChain.HashBytes];
    private readonly byte[] _text = new byte[maxTextBytes];
    private CommitGroup _group = null!;
    private EntryReceipt[] _receipts = [];

    public CommitGroup Group => _group;

    /// <summary>The time of the group's entries.</summary>
    public long At { get; private set; }

    /// <summary>
    /// What goes in, in the order in which its keys are to be taken, which is the same for every group of every shard: claims by treasure and
    /// generation, then the rest by operation.
    /// </summary>
    public List<PlannedRow> Rows => _rows;

    /// <summary>Where the shard stands afterwards.</summary>
    public ChainHead Head { get; private set; } = ChainHead.Empty;

    /// <summary>One a draft, in order.</summary>
    public ImmutableArray<EntryReceipt> Receipts => [.. _receipts];

    /// <summary>Whether a draft is turned away, as sealed or taken: it may be a repeat all the same, which only the disk knows.</summary>
    public bool TurnsAway { get; private set; }

    /// <summary>How much is known to be on disk of what the group asks for.</summary>
    public int Known => _onDisk.Count + _claimedOnDisk.Count;

    public void Begin(CommitGroup group)
    {
        _group = group;
        At = Math.Max(group.At, group.Expected.At);
        _onDisk.Clear();
        _claimedOnDisk.Clear();
    }

    /// <summary>An operation of the group has an entry.</summary>
    public void Learn(OperationId operation, EntryReceipt receipt) => _onDisk[operation] = receipt;

    /// <summary>A treasure of the group is claimed since a time.</summary>
    public void Learn(int treasure, int generation, long at) => _claimedOnDisk[(treasure, generation)] = at;

    /// <summary>Works it out.</summary>
    /// <returns>false when the shard's points would no longer fit in 64 bits; then nothing else here is meant to be read</returns>
    public bool TryWorkOut()
    {
        var expected = _group.Expected;
        var (position, points, isSealed) = (expected.Entries, expected.Points, expected.Sealed);
        expected.Hash.CopyTo(_head);
        _rows.Clear();
        _inGroup.Clear();
        _claimedInGroup.Clear();
        TurnsAway = false;
        _receipts = new EntryReceipt[_group.Drafts.Length];
        for (var i = 0; i < _receipts.Length; i++)
        {
            var draft = _group.Drafts[i];
            if (Refuse(draft, isSealed) is { } receipt)
            {
                _receipts[i] = receipt;
                continue;
            }

            if (!TryAdd(points, draft.Points, out points))
            {
                return false;
            }

            position++;
            isSealed = draft.Kind == EntryKind.Seal;
            _rows.Add(Row(draft, position));
            _receipts[i] = new EntryReceipt(EntryStatus.Recorded, position, draft.Points, At);
            _inGroup.Add(draft.Operation, _receipts[i] with { Status = EntryStatus.Repeated });
            _ = draft.Kind == EntryKind.Claim && _claimedInGroup.Add((draft.Treasure, draft.Generation));
        }

        Head = _rows.Count == 0 ? expected : new ChainHead(position, points, [.. _head], At, isSealed);
        _rows.Sort(PlannedRow.InOrderOfKeys);
        return true;
    }

    public void Dispose() => _chain.Dispose();

    /// <summary>The receipt of a draft that is not recorded now; null for one that is.</summary>
    private EntryReceipt? Refuse(EntryDraft draft, bool isSealed)
    {
        if (_onDisk.TryGetValue(draft.Operation, out var known) || _inGroup.TryGetValue(draft.Operation, out known))
        {
            return known;
        }

        var refusal = isSealed || (_group.Over && draft.Kind != EntryKind.Seal) ? new EntryReceipt(EntryStatus.Sealed)
            : draft.Kind == EntryKind.Claim && ClaimedAt((draft.Treasure, draft.Generation)) is { } at ? new EntryReceipt(EntryStatus.Taken, At: at)
            : default(EntryReceipt?);
        TurnsAway |= refusal is not null;
        return refusal;
    }

    private long? ClaimedAt((int Treasure, int Generation) claim) =>
        _claimedOnDisk.TryGetValue(claim, out var at) ? at : _claimedInGroup.Contains(claim) ? At : null;

    private PlannedRow Row(EntryDraft draft, long position)
    {
        byte[]? digest = null;
        string? text = null;
        if (draft.Text is { } given)
        {
            // What is stored is what was hashed, also where half a surrogate pair turned into the sign for it.
            var utf8 = _text.AsSpan(0, Encoding.UTF8.GetBytes(given, _text));
            digest = SHA256.HashData(utf8);
            text = WellFormed(given);
        }

        if (_hashes.Count == _rows.Count)
        {
            _hashes.Add(new byte[LedgerChain.HashBytes]);
        }

        var hash = _hashes[_rows.Count];
        _chain.Hash(_group.Hunt, _group.Shard, position, At, draft, digest, _head, hash);
        hash.CopyTo(_head, 0);
        return new PlannedRow(draft, position, WellFormed(draft.Player.Value), text, digest, hash);
    }

    private static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    private static bool TryAdd(long points, long more, out long sum)
    {
        sum = unchecked(points + more);
        return ((points ^ sum) & (more ^ sum)) >= 0;
    }
}

/// <param name="Draft">what goes in</param>
/// <param name="Position">where</param>
/// <param name="Player">whose it is, as it is stored</param>
/// <param name="Text">its text, as it is stored; null when it has none</param>
/// <param name="Digest">the text's digest; null when it has none</param>
/// <param name="Hash">the entry's hash; belongs to the plan</param>
internal readonly record struct PlannedRow(EntryDraft Draft, long Position, string Player, string? Text, byte[]? Digest, byte[] Hash)
{
    public static readonly Comparison<PlannedRow> InOrderOfKeys = Compare;

    private static int Compare(PlannedRow x, PlannedRow y)
    {
        var (one, other) = (x.Draft, y.Draft);
        var (claims, othersClaims) = (one.Kind == EntryKind.Claim, other.Kind == EntryKind.Claim);
        if (claims != othersClaims)
        {
            return claims ? -1 : 1;
        }

        if (claims)
        {
            var byTreasure = one.Treasure.CompareTo(other.Treasure);
            return byTreasure != 0 ? byTreasure : one.Generation.CompareTo(other.Generation);
        }

        var bySession = one.Operation.Session.Value.CompareTo(other.Operation.Session.Value);
        return bySession != 0 ? bySession : one.Operation.Sequence.CompareTo(other.Operation.Sequence);
    }
}
