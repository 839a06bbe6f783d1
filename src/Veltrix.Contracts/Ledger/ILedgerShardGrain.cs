namespace Veltrix.Contracts;

/// <summary>One shard of a hunt's ledger. The key is <see cref="GrainKeys.Shard(HuntId, int)"/>.</summary>
[Alias("veltrix.ILedgerShardGrain")]
public interface ILedgerShardGrain : IGrainWithStringKey
{
    /// <summary>
    /// Records drafts, in order; they are on disk when this returns. A repeat gets <see cref="EntryStatus.Repeated"/>. A fault means that it is
    /// unknown whether they were recorded: repeat the same drafts.
    /// </summary>
    /// <returns>one receipt a draft, in order</returns>
    [Alias("Append")]
    ValueTask<ImmutableArray<EntryReceipt>> AppendAsync(ImmutableArray<EntryDraft> drafts, CancellationToken cancellationToken = default);

    /// <summary>What an operation recorded here, writes under way included, as <see cref="EntryStatus.Repeated"/>; null when it recorded nothing.</summary>
    [Alias("Find")]
    ValueTask<EntryReceipt?> FindAsync(OperationId operation, CancellationToken cancellationToken = default);

    /// <summary>Ends the shard with a seal entry: nothing is recorded after. A repeat changes nothing.</summary>
    [Alias("Seal")]
    ValueTask<ShardHead> SealAsync(CancellationToken cancellationToken = default);

    [Alias("Head")]
    ValueTask<ShardHead> HeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads entries that are on disk, by position.</summary>
    /// <param name="after">the position before the first that is wanted; 0 for the first of all</param>
    /// <param name="limit">how many at the most: 1 to 10,000</param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("Read")]
    ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(long after, int limit, CancellationToken cancellationToken = default);
}
