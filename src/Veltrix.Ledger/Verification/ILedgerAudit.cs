namespace Veltrix.Ledger.Verification;

/// <summary>A ledger as it lies on disk at one moment, for those who check it. It may hold anything: nothing that it says is taken on trust.</summary>
public interface ILedgerAudit : IAsyncDisposable
{
    /// <summary>The hunts that have a ledger, in order of their ids.</summary>
    ValueTask<ImmutableArray<HuntId>> ListHuntsAsync(CancellationToken cancellationToken = default);

    /// <summary>A hunt's shards in order, whether they have entries, a stored head or both.</summary>
    ValueTask<ImmutableArray<StoredChain>> ListChainsAsync(HuntId hunt, CancellationToken cancellationToken = default);

    /// <summary>A shard's entries by rising position, each with the stored hash of the one before it.</summary>
    /// <exception cref="InvalidDataException">An entry holds what no entry can; the message says what, after "its".</exception>
    IAsyncEnumerable<LedgerEntry> ReadChainAsync(HuntId hunt, int shard, CancellationToken cancellationToken = default);

    /// <summary>What a board would read.</summary>
    ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default);

    /// <summary>What is wrong with the database itself, its indices and its log, in sentences; none when all is well.</summary>
    IAsyncEnumerable<string> FindDamageAsync(CancellationToken cancellationToken = default);
}

/// <param name="Shard">the shard</param>
/// <param name="Head">where the database says that it stands; null when it says nothing</param>
public sealed record StoredChain(int Shard, ChainHead? Head);
