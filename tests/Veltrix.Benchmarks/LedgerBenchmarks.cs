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

/// <summary>
/// What an entry of the ledger costs, per row: appended to the embedded store in groups, each on disk (WAL, synchronous FULL) before the next begins,
/// and its hash alone. The store lies in a temporary folder: TMPDIR says on which disk, and a folder in memory would make a commit look free.
/// </summary>
public class LedgerBenchmarks
{
    private static readonly HuntId Hunt = new("bench");
    private readonly PlayerId[] _players = [.. Enumerable.Range(0, 256).Select(static i => new PlayerId($"player-{i}"))];
    private readonly LedgerChain _chain = new();
    private readonly byte[] _hash = new byte[LedgerChain.HashBytes];
    private readonly SessionId _session = new(new Guid(1, 2, 3, new byte[8]));
    private ServiceProvider _services = null!;
    private DirectoryInfo _folder = null!;
    private SqliteLedgerStore _store = null!;
    private ChainHead _head = ChainHead.Empty;
    private EntryDraft _claim = null!;
    private int _next;

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("veltrix-bench-");
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _store = new SqliteLedgerStore(
            Path.Combine(_folder.FullName, "ledger.db"),
            new LedgerOptions(),
            new LedgerMetrics(_services.GetRequiredService<IMeterFactory>()),
            NullLogger<SqliteLedgerStore>.Instance);
        _head = ChainHead.Empty;
        _next = 0;
        _claim = Claim();
    }

    [GlobalCleanup]
    public void Close()
    {
        _store.Dispose();
        _services.Dispose();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public Task AppendRow_GroupOf1() => AppendAsync(1);

    [Benchmark(OperationsPerInvoke = 16)]
    public Task AppendRow_GroupOf16() => AppendAsync(16);

    [Benchmark(OperationsPerInvoke = 256)]
    public Task AppendRow_GroupOf256() => AppendAsync(256);

    [Benchmark]
    public void HashRow() => _chain.Hash(Hunt, 0, 1_000, 1_700_000_000_000, _claim, default, _hash, _hash);

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

    private EntryDraft Claim()
    {
        var i = _next++;
        return new EntryDraft(
            new OperationId(_session, (ulong)i + 1), EntryKind.Claim, _players[i & 255], Tile.At(i & 1023, (i >> 10) & 1023), Region: 7, Points: 10, Treasure: i);
    }
}
