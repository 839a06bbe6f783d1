using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Veltrix.Contracts;
using Veltrix.Ledger;
using Veltrix.Ledger.Sqlite;
using Veltrix.World;

namespace Veltrix.Benchmarks;

/// <summary>What an entry of the ledger costs, per row: appended in groups, each on disk before the next begins.</summary>
public abstract class AppendBenchmarks
{
    private static readonly HuntId Hunt = new("bench");
    private readonly PlayerId[] _players = [.. Enumerable.Range(0, 256).Select(static i => new PlayerId($"player-{i}"))];
    private readonly SessionId _session = new(new Guid(1, 2, 3, new byte[8]));
    private ServiceProvider _services = null!;
    private ILedgerStore _store = null!;
    private ChainHead _head = ChainHead.Empty;
    private int _next;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _store = await OpenStoreAsync(new LedgerMetrics(_services.GetRequiredService<IMeterFactory>()));
        _head = ChainHead.Empty;
        _next = 0;
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await CloseStoreAsync();
        await _services.DisposeAsync();
    }

    [Benchmark]
    public Task AppendRow_GroupOf1() => AppendAsync(1);

    [Benchmark(OperationsPerInvoke = 16)]
    public Task AppendRow_GroupOf16() => AppendAsync(16);

    [Benchmark(OperationsPerInvoke = 256)]
    public Task AppendRow_GroupOf256() => AppendAsync(256);

    protected abstract Task<ILedgerStore> OpenStoreAsync(LedgerMetrics metrics);

    protected abstract Task CloseStoreAsync();

    protected EntryDraft Claim()
    {
        var i = _next++;
        return new EntryDraft(
            new OperationId(_session, (ulong)i + 1), EntryKind.Claim, _players[i & 255], Tile.At(i & 1023, (i >> 10) & 1023), Region: 7, Points: 10, Treasure: i);
    }

    private async Task AppendAsync(int rows)
    {
        var drafts = ImmutableArray.CreateBuilder<EntryDraft>(rows);
        for (var i = 0; i < rows; i++)
        {
            drafts.Add(Claim());
        }

        var outcome = await _store.CommitAsync(new CommitGroup(Hunt, 0, _head, At: 1_700_000_000_000, Over: false, drafts.MoveToImmutable()));
        if (outcome.Status is not CommitStatus.Committed || outcome.Head.Entries != _head.Entries + rows)
        {
            throw new InvalidOperationException($"The group was answered {outcome}.");
        }

        _head = outcome.Head;
    }
}

/// <summary>
/// The embedded store (WAL, synchronous FULL), and a row's hash alone. The store lies in a temporary folder: TMPDIR says on which disk, and a folder in
/// memory would make a commit look free.
/// </summary>
public class LedgerBenchmarks : AppendBenchmarks
{
    private readonly LedgerChain _chain = new();
    private readonly byte[] _hash = new byte[LedgerChain.HashBytes];
    private EntryDraft _claim = null!;
    private DirectoryInfo _folder = null!;
    private SqliteLedgerStore _store = null!;

    [Benchmark]
    public void HashRow() => _chain.Hash(new HuntId("bench"), 0, 1_000, 1_700_000_000_000, _claim, default, _hash, _hash);

    protected override Task<ILedgerStore> OpenStoreAsync(LedgerMetrics metrics)
    {
        _claim = Claim();
        _folder = Directory.CreateTempSubdirectory("veltrix-bench-");
        _store = new SqliteLedgerStore(
            Path.Combine(_folder.FullName, "ledger.db"), new LedgerOptions(), metrics, NullLogger<SqliteLedgerStore>.Instance);
        return Task.FromResult<ILedgerStore>(_store);
    }

    protected override Task CloseStoreAsync()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
