using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Storage;
using Veltrix.World;

namespace Veltrix.Ledger.Sqlite;

/// <summary>One read-only connection to <c>ledger.db</c> and its prepared reads. Used by one call at a time.</summary>
internal sealed class LedgerRows : IDisposable
{
    private const string EntryColumns =
        "position, at, session, sequence, kind, player, x, y, region, points, treasure, generation, text, text_digest, hash";

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _hunt;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _operation;
    private readonly SqliteStatement _claims;
    private readonly SqliteStatement _clues;
    private readonly SqliteStatement _totals;
    private readonly SqliteStatement _heads;
    private readonly SqliteStatement _points;
    private readonly SqliteStatement _entries;

    public LedgerRows(string path)
    {
        _connection = SqliteFile.OpenReader(path);
        _hunt = Prepare("SELECT number FROM hunts WHERE id = ?");
        _head = Prepare("SELECT entries, points, at, sealed, hash FROM shards WHERE hunt = ? AND shard = ?");
        _operation = Prepare("SELECT position, points, at FROM entries WHERE hunt = ? AND session = ? AND sequence = ?");
        _claims = Prepare(
            """
            SELECT treasure, generation, at, player, points FROM entries
            WHERE hunt = ? AND region = ? AND kind = 1 ORDER BY at, shard, position
            """);
        _clues = Prepare(
            """
            SELECT session, sequence, player, x, y, text FROM entries
            WHERE hunt = ? AND region = ? AND kind = 2 ORDER BY at DESC, shard DESC, position DESC LIMIT ?
            """);
        _totals = Prepare(
            """
            SELECT player, sum(points), sum(kind = 1), max(at) FROM entries
            WHERE hunt = ? AND points <> 0 GROUP BY player
            """);
        _heads = Prepare("SELECT shard, entries FROM shards WHERE hunt = ? ORDER BY shard");
        _points = Prepare("SELECT coalesce(sum(points), 0) FROM entries WHERE hunt = ? AND shard = ? AND player = ? AND points <> 0");
        _entries = Prepare(
            $"SELECT {EntryColumns} FROM entries WHERE hunt = ? AND shard = ? AND position >= ? ORDER BY position LIMIT ?");
    }

    public SqliteConnection Connection => _connection;

    public ChainHead Head(HuntId hunt, int shard)
    {
        if (NumberOf(hunt) is not { } number || !_head.Bind(1, number).Bind(2, shard).Step())
        {
            return ChainHead.Empty;
        }

        var head = new ChainHead(_head.Int64(0), _head.Int64(1), [.. _head.Bytes(4)], _head.Int64(2), _head.Int64(3) != 0);
        _head.Reset();
        return head;
    }

    public EntryReceipt? Find(HuntId hunt, OperationId operation)
    {
        Span<byte> session = stackalloc byte[16];
        _ = operation.Session.Value.TryWriteBytes(session, bigEndian: true, out _);
        if (NumberOf(hunt) is not { } number
            || !_operation.Bind(1, number).Bind(2, session).Bind(3, unchecked((long)operation.Sequence)).Step())
        {
            return null;
        }

        var found = new EntryReceipt(EntryStatus.Repeated, _operation.Int64(0), _operation.Int64(1), _operation.Int64(2));
        _operation.Reset();
        return found;
    }

    public RegionHistory Region(HuntId hunt, int region, int clues)
    {
        if (NumberOf(hunt) is not { } number)
        {
            return new RegionHistory([], []);
        }

        var claims = ImmutableArray.CreateBuilder<PastClaim>();
        for (_claims.Bind(1, number).Bind(2, region); _claims.Step();)
        {
            claims.Add(new PastClaim(
                _claims.Int32(0), _claims.Int32(1), _claims.Int64(2), new PlayerId(_claims.Text(3)), _claims.Int64(4)));
        }

        var newest = ImmutableArray.CreateBuilder<PastClue>();
        for (_clues.Bind(1, number).Bind(2, region).Bind(3, clues); _clues.Step();)
        {
            newest.Add(new PastClue(
                Operation(_clues, 0),
                new PlayerId(_clues.Text(2)),
                Tile.At(_clues.Int32(3), _clues.Int32(4)),
                _clues.IsNull(5) ? null : _clues.Text(5)));
        }

        newest.Reverse();
        return new RegionHistory(claims.ToImmutable(), newest.ToImmutable());
    }

    /// <summary>Totals and positions of one moment: the caller holds a transaction.</summary>
    public LedgerTotals Totals(HuntId hunt)
    {
        if (NumberOf(hunt) is not { } number)
        {
            return new LedgerTotals([], []);
        }

        var players = ImmutableArray.CreateBuilder<PlayerTotal>();
        for (_totals.Bind(1, number); _totals.Step();)
        {
            players.Add(new PlayerTotal(new PlayerId(_totals.Text(0)), _totals.Int64(1), _totals.Int32(2), _totals.Int64(3)));
        }

        var entries = ImmutableArray.CreateBuilder<long>();
        for (_heads.Bind(1, number); _heads.Step();)
        {
            while (entries.Count < _heads.Int32(0))
            {
                entries.Add(0);
            }

            entries.Add(_heads.Int64(1));
        }

        return new LedgerTotals(players.ToImmutable(), entries.ToImmutable());
    }

    public long Points(HuntId hunt, int shard, PlayerId player)
    {
        if (NumberOf(hunt) is not { } number)
        {
            return 0;
        }

        _ = _points.Bind(1, number).Bind(2, shard).Bind(3, player.Value).Step();
        var points = _points.Int64(0);
        _points.Reset();
        return points;
    }

    public ImmutableArray<LedgerEntry> Entries(HuntId hunt, int shard, long after, int limit)
    {
        if (NumberOf(hunt) is not { } number)
        {
            return [];
        }

        // One row more: the hash before the first that is wanted.
        var found = ImmutableArray.CreateBuilder<LedgerEntry>();
        var previous = LedgerChain.Genesis;
        try
        {
            for (_entries.Bind(1, number).Bind(2, shard).Bind(3, after).Bind(4, limit + 1L); _entries.Step();)
            {
                var entry = Entry(hunt, shard, previous);
                previous = entry.Hash;
                if (entry.Position > after && found.Count < limit)
                {
                    found.Add(entry);
                }
            }
        }
        catch
        {
            // Whoever audits goes on with the next entry.
            _entries.Reset();
            throw;
        }

        return found.ToImmutable();
    }

    public void Dispose()
    {
        SqliteStatement[] statements = [_hunt, _head, _operation, _claims, _clues, _totals, _heads, _points, _entries];
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static OperationId Operation(SqliteStatement row, int column)
    {
        var session = row.Bytes(column);
        return new OperationId(
            new SessionId(session.Length == 16 ? new Guid(session, bigEndian: true) : throw Damaged("session", session.Length)),
            unchecked((ulong)row.Int64(column + 1)));
    }

    private static InvalidDataException Damaged(string column, long value) => new($"its column {column} has the impossible value or size {value}");

    // A damaged file can hold anything: what does not fit the type is news of its own, before any hash is looked at.
    private LedgerEntry Entry(HuntId hunt, int shard, ImmutableArray<byte> previous) => new(
        hunt,
        shard,
        _entries.Int64(0),
        _entries.Int64(1),
        new EntryDraft(
            Operation(_entries, 2),
            (EntryKind)Fit(4, 0, byte.MaxValue, "kind"),
            new PlayerId(_entries.Text(5)),
            Tile.At((int)Fit(6, 0, ushort.MaxValue, "x"), (int)Fit(7, 0, ushort.MaxValue, "y")),
            (int)Fit(8, int.MinValue, int.MaxValue, "region"),
            _entries.Int64(9),
            (int)Fit(10, int.MinValue, int.MaxValue, "treasure"),
            (int)Fit(11, int.MinValue, int.MaxValue, "generation"),
            _entries.IsNull(12) ? null : _entries.Text(12)),
        [.. _entries.Bytes(13)],
        previous,
        [.. _entries.Bytes(14)]);

    private long Fit(int column, long least, long most, string name)
    {
        var value = _entries.Int64(column);
        return value >= least && value <= most ? value : throw Damaged(name, value);
    }

    private long? NumberOf(HuntId hunt)
    {
        if (!_hunt.Bind(1, hunt.Value).Step())
        {
            return null;
        }

        var number = _hunt.Int64(0);
        _hunt.Reset();
        return number;
    }

    private SqliteStatement Prepare(string sql) => new(_connection, sql);
}
