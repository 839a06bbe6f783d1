using System.Collections.Concurrent;

namespace Veltrix.Ledger.Tests.Grains;

/// <summary>A store whose next commits of a hunt do what a test says.</summary>
internal sealed class FaultyStore(ILedgerStore inner) : ILedgerStore
{
    private readonly ConcurrentDictionary<HuntId, ConcurrentQueue<Func<Func<ValueTask<CommitOutcome>>, ValueTask<CommitOutcome>>>> _plans = new();
    private readonly ConcurrentDictionary<HuntId, int> _commits = new();

    /// <summary>How many commits a hunt had.</summary>
    public int CommitsOf(HuntId hunt) => _commits.GetValueOrDefault(hunt);

    /// <summary>The next commit of the hunt runs through this instead.</summary>
    public void Next(HuntId hunt, Func<Func<ValueTask<CommitOutcome>>, ValueTask<CommitOutcome>> plan) =>
        _plans.GetOrAdd(hunt, _ => new()).Enqueue(plan);

    /// <summary>The next commit of the hunt waits. Its begin is told by the first task, and it goes on when the source is set.</summary>
    public (Task Begun, TaskCompletionSource Release) Hold(HuntId hunt)
    {
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Next(hunt, async commit =>
        {
            begun.SetResult();
            await release.Task;
            return await commit();
        });
        return (begun.Task, release);
    }

    public async ValueTask<CommitOutcome> CommitAsync(CommitGroup group)
    {
        _commits.AddOrUpdate(group.Hunt, 1, (_, count) => count + 1);
        return _plans.TryGetValue(group.Hunt, out var plans) && plans.TryDequeue(out var plan)
            ? await plan(() => inner.CommitAsync(group))
            : await inner.CommitAsync(group);
    }

    public ValueTask<ChainHead> LoadHeadAsync(HuntId hunt, int shard, CancellationToken cancellationToken = default) =>
        inner.LoadHeadAsync(hunt, shard, cancellationToken);

    public ValueTask<EntryReceipt?> FindAsync(HuntId hunt, OperationId operation, CancellationToken cancellationToken = default) =>
        inner.FindAsync(hunt, operation, cancellationToken);

    public ValueTask<bool> EraseTextAsync(HuntId hunt, int shard, long position) => inner.EraseTextAsync(hunt, shard, position);

    public ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default) =>
        inner.ReadRegionAsync(hunt, region, clues, cancellationToken);

    public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) =>
        inner.ReadTotalsAsync(hunt, cancellationToken);

    public ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default) =>
        inner.ReadPointsAsync(hunt, shard, player, cancellationToken);

    public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
        HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(hunt, shard, after, limit, cancellationToken);
}
