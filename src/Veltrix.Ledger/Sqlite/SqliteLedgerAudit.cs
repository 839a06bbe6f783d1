using System.Runtime.CompilerServices;
using Veltrix.Hosting.Storage;
using Veltrix.Ledger.Verification;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// <c>ledger.db</c> at the moment of opening, read only: whatever a server writes beside it is not seen, and it waits for nobody. While it is open, the
/// server's write-ahead log cannot begin anew and grows.
/// </summary>
public sealed class SqliteLedgerAudit : ILedgerAudit
{
    // Large enough that the cost of a page of entries is in its rows, small enough that memory does not matter.
    private const int EntriesAtOnce = 1_000;

    private readonly string _path;
    private readonly LedgerRows _rows;

    public SqliteLedgerAudit(string path)
    {
        _path = path;
        _rows = new LedgerRows(path);
        try
        {
            SqliteStatement.Execute(_rows.Connection, "BEGIN");
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
    }

    public ValueTask<ImmutableArray<HuntId>> ListHuntsAsync(CancellationToken cancellationToken = default)
    {
        using var select = new SqliteStatement(_rows.Connection, "SELECT id FROM hunts ORDER BY id");
        var hunts = ImmutableArray.CreateBuilder<HuntId>();
        while (select.Step())
        {
            hunts.Add(new HuntId(select.Text(0)));
        }

        return new(hunts.ToImmutable());
    }

    public ValueTask<ImmutableArray<StoredChain>> ListChainsAsync(HuntId hunt, CancellationToken cancellationToken = default)
    {
        using var select = new SqliteStatement(
            _rows.Connection,
            """
            WITH number AS (SELECT number FROM hunts WHERE id = ?)
            SELECT shard FROM entries WHERE hunt = (SELECT * FROM number)
            UNION SELECT shard FROM shards WHERE hunt = (SELECT * FROM number) ORDER BY 1
            """);
        select.Bind(1, hunt.Value);
        var chains = ImmutableArray.CreateBuilder<StoredChain>();
        while (select.Step())
        {
            var shard = select.Int32(0);
            var head = _rows.Head(hunt, shard);
            chains.Add(new StoredChain(shard, head == ChainHead.Empty ? null : head));
        }

        return new(chains.ToImmutable());
    }

    public async IAsyncEnumerable<LedgerEntry> ReadChainAsync(
        HuntId hunt, int shard, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (after, size) = (0L, EntriesAtOnce);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImmutableArray<LedgerEntry> page;
            try
            {
                page = _rows.Entries(hunt, shard, after, size);
            }
            catch (Exception) when (size > 1)
            {
                // A page that ends in damage still holds whole entries: one by one, the walk can say where it begins.
                size = 1;
                continue;
            }

            if (page.IsEmpty)
            {
                yield break;
            }

            foreach (var entry in page)
            {
                yield return entry;
            }

            after = page[^1].Position;
            await Task.Yield();
        }
    }

    public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) => new(_rows.Totals(hunt));

    public async IAsyncEnumerable<string> FindDamageAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var damage in FindStrays().Concat(FindBrokenPages()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return damage;
        }

        if (await WalInspection.FindDamageAsync(_path + "-wal", cancellationToken) is { } torn)
        {
            yield return torn;
        }
    }

    public ValueTask DisposeAsync()
    {
        _rows.Dispose();
        return default;
    }

    private IEnumerable<string> FindStrays()
    {
        using var select = new SqliteStatement(
            _rows.Connection,
            """
            SELECT 'entries', hunt, shard, position FROM entries WHERE hunt NOT IN (SELECT number FROM hunts)
            UNION ALL SELECT 'head', hunt, shard, entries FROM shards WHERE hunt NOT IN (SELECT number FROM hunts) LIMIT 1
            """);
        if (select.Step())
        {
            yield return $"there are {select.Text(0)} of a hunt with the number {select.Int64(1)}, which no hunt has "
                + $"(shard {select.Int64(2)}, position {select.Int64(3)}).";
        }
    }

    private IEnumerable<string> FindBrokenPages()
    {
        using var check = new SqliteStatement(_rows.Connection, "PRAGMA integrity_check(10)");
        while (check.Step())
        {
            if (check.Text(0) is var found and not "ok")
            {
                yield return $"the file '{_path}' is damaged: {found}.";
            }
        }
    }
}
