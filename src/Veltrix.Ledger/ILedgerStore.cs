namespace Veltrix.Ledger;

/// <summary>
/// Where ledgers lie. These are the promises, whatever the database:
/// <list type="number">
/// <item>A commit is whole or not at all, and on disk when it returns <see cref="CommitStatus.Committed"/>.</item>
/// <item>(hunt, shard, position) is unique: of two activations of one shard that go on from the same head, one commits and the other is
/// <see cref="CommitStatus.Fenced"/>, with nothing of its group recorded.</item>
/// <item>(hunt, operation) is unique over all shards: a repeat gets <see cref="EntryStatus.Repeated"/> and the receipt of the entry that
/// stands, also inside one group, after a seal and after the hunt's end.</item>
/// <item>(hunt, treasure, generation) is unique over all shards: a later claim gets <see cref="EntryStatus.Taken"/> and the time of the claim that
/// stands, also inside one group.</item>
/// <item>Nothing follows a seal: other drafts get <see cref="EntryStatus.Sealed"/>.</item>
/// <item>Times never go back inside a shard.</item>
/// <item>A fault means that it is unknown whether the group was recorded. The same drafts may be committed again, from a head that was read anew.</item>
/// </list>
/// </summary>
public interface ILedgerStore : ILedgerArchive
{
    /// <summary>Where a shard stands; <see cref="ChainHead.Empty"/> when it has no entry.</summary>
    ValueTask<ChainHead> LoadHeadAsync(HuntId hunt, int shard, CancellationToken cancellationToken = default);

    /// <summary>
    /// Records a group of drafts of one shard, in order. It takes no cancellation: stopping it would only turn "recorded" into "unknown".
    /// </summary>
    /// <exception cref="ArgumentException">A draft cannot be stored; nothing was recorded.</exception>
    /// <exception cref="LedgerFaultException">The database failed; the outcome is unknown.</exception>
    ValueTask<CommitOutcome> CommitAsync(CommitGroup group);

    /// <summary>The receipt of the entry that an operation has, as <see cref="EntryStatus.Repeated"/>, or null when it has none.</summary>
    ValueTask<EntryReceipt?> FindAsync(HuntId hunt, OperationId operation, CancellationToken cancellationToken = default);

    /// <summary>Erases an entry's text for good; its digest stays, so the chain still holds. A repeat changes nothing.</summary>
    /// <returns>whether there is such an entry and it had a text once</returns>
    ValueTask<bool> EraseTextAsync(HuntId hunt, int shard, long position);
}

/// <summary>Where a shard's chain stands.</summary>
/// <param name="Entries">how many entries it has; the last one's position</param>
/// <param name="Points">the sum of their points</param>
/// <param name="Hash">the last entry's hash; zeros when there is none</param>
/// <param name="At">the last entry's time, in milliseconds since 1970 UTC; 0 when there is none</param>
/// <param name="Sealed">whether it takes no more</param>
public sealed record ChainHead(long Entries, long Points, ImmutableArray<byte> Hash, long At, bool Sealed)
{
    public static ChainHead Empty { get; } = new(0, 0, LedgerChain.Genesis, 0, Sealed: false);
}

/// <summary>Drafts of one shard that are recorded together.</summary>
/// <param name="Hunt">the hunt</param>
/// <param name="Shard">the shard</param>
/// <param name="Expected">where the caller believes that the shard stands</param>
/// <param name="At">the time of the entries, in milliseconds since 1970 UTC; the last entry's time if that is later</param>
/// <param name="Over">whether the hunt is over: then only a seal is recorded, repeats get their receipts, all else is <see cref="EntryStatus.Sealed"/></param>
/// <param name="Drafts">what to record</param>
public sealed record CommitGroup(HuntId Hunt, int Shard, ChainHead Expected, long At, bool Over, ImmutableArray<EntryDraft> Drafts);

public enum CommitStatus : byte
{
    /// <summary>The group is on disk.</summary>
    Committed = 0,

    /// <summary>The shard does not stand where the caller believed: another activation wrote. Nothing was recorded.</summary>
    Fenced = 1,

    /// <summary>Too many groups wait for the disk. Nothing was recorded.</summary>
    Busy = 2,
}

/// <param name="Status">what became of the group</param>
/// <param name="Head">where the shard stands now, when committed; else what the caller expected</param>
/// <param name="Receipts">one a draft, in order, when committed; else none</param>
public readonly record struct CommitOutcome(CommitStatus Status, ChainHead Head, ImmutableArray<EntryReceipt> Receipts);
