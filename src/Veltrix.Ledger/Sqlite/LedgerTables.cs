using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Veltrix.Hosting.Storage;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// Writes groups into the tables, inside a transaction that the caller holds. Everything here is prepared once and used by one thread, so a row
/// costs no allocation.
/// </summary>
internal sealed class LedgerTables : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly LedgerChain _chain = new();
    private readonly Dictionary<HuntId, long> _hunts = [];
    private readonly byte[] _head = new byte[LedgerChain.HashBytes];
    private readonly byte[] _next = new byte[LedgerChain.HashBytes];
    private readonly byte[] _digest = new byte[LedgerChain.HashBytes];
    private readonly byte[] _session = new byte[16];
    private readonly byte[] _text;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollBackTo;
    private readonly SqliteStatement _findHunt;
    private readonly SqliteStatement _addHunt;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _byOperation;
    private readonly SqliteStatement _byTreasure;
    private readonly SqliteStatement _addShard;
    private readonly SqliteStatement _moveShard;
    private readonly SqliteStatement _erase;
    private readonly SqliteStatement _hadText;

    public LedgerTables(SqliteConnection connection, int maxTextBytes)
    {
        _connection = connection;
        _text = new byte[maxTextBytes];
        _savepoint = Prepare("SAVEPOINT one_group");
        _release = Prepare("RELEASE one_group");
        _rollBackTo = Prepare("ROLLBACK TO one_group");
        _findHunt = Prepare("SELECT number FROM hunts WHERE id = ?");
        _addHunt = Prepare("INSERT INTO hunts (id) VALUES (?)");
        _insert = Prepare(
            """
            INSERT INTO entries (hunt, shard, position, at, session, sequence, kind, player, x, y, region, points, treasure, generation,
                text, text_digest, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """);
        _byOperation = Prepare("SELECT position, points, at FROM entries WHERE hunt = ? AND session = ? AND sequence = ?");
        _byTreasure = Prepare("SELECT at FROM entries WHERE hunt = ? AND treasure = ? AND generation = ? AND kind = 1");
        _addShard = Prepare(
            "INSERT INTO shards (hunt, shard, entries, points, at, sealed, hash) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        _moveShard = Prepare(
            """
            UPDATE shards SET entries = ?3, points = ?4, at = ?5, sealed = ?6, hash = ?7
            WHERE hunt = ?1 AND shard = ?2 AND entries = ?8 AND hash = ?9
            """);
        _erase = Prepare("UPDATE entries SET text = NULL WHERE hunt = ? AND shard = ? AND position = ? AND text IS NOT NULL");
        _hadText = Prepare("SELECT text_digest IS NOT NULL FROM entries WHERE hunt = ? AND shard = ? AND position = ?");
    }

    /// <summary>Writes a group, or nothing of it when it is fenced.</summary>
    public CommitOutcome Write(CommitGroup group)
    {
        var hunt = NumberOf(group.Hunt);
        _savepoint.Run();
        try
        {
            if (TryWrite(group, hunt, out var outcome))
            {
                _release.Run();
                return outcome;
            }
        }
        catch (OverflowException)
        {
            // Points beyond a long: this group's caller hears of it, the others go on.
            RollBackGroup();
            throw;
        }

        RollBackGroup();
        return new CommitOutcome(CommitStatus.Fenced, group.Expected, []);
    }

    /// <returns>whether there is such an entry and it had a text once</returns>
    public bool Erase(HuntId hunt, int shard, long position)
    {
        if (!_hunts.TryGetValue(hunt, out var number) && !TryFindHunt(hunt, out number))
        {
            return false;
        }

        if (_erase.Bind(1, number).Bind(2, shard).Bind(3, position).Run() > 0)
        {
            return true;
        }

        var had = _hadText.Bind(1, number).Bind(2, shard).Bind(3, position).Step() && _hadText.Int64(0) != 0;
        _hadText.Reset();
        return had;
    }

    /// <summary>Forgets what was learned in a transaction that was rolled back.</summary>
    public void Forget() => _hunts.Clear();

    public void Dispose()
    {
        SqliteStatement[] statements =
        [
            _savepoint, _release, _rollBackTo, _findHunt, _addHunt, _insert, _byOperation, _byTreasure, _addShard, _moveShard, _erase, _hadText,
        ];
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        _chain.Dispose();
    }

    // Position and hash are computed as if the row went in; when it did not, the next row takes them over.
    private bool TryWrite(CommitGroup group, long hunt, out CommitOutcome outcome)
    {
        outcome = default;
        var expected = group.Expected;
        var at = Math.Max(group.At, expected.At);
        var (position, points, isSealed) = (expected.Entries, expected.Points, expected.Sealed);
        expected.Hash.CopyTo(_head);
        var receipts = new EntryReceipt[group.Drafts.Length];
        for (var i = 0; i < receipts.Length; i++)
        {
            var draft = group.Drafts[i];
            _ = draft.Operation.Session.Value.TryWriteBytes(_session, bigEndian: true, out _);
            if (isSealed || (group.Over && draft.Kind != EntryKind.Seal))
            {
                receipts[i] = FindOperation(hunt, draft.Operation) ?? new EntryReceipt(EntryStatus.Sealed);
                continue;
            }

            if (Insert(group, hunt, position + 1, at, draft))
            {
                position++;
                points = checked(points + draft.Points);
                isSealed = draft.Kind == EntryKind.Seal;
                _next.CopyTo(_head, 0);
                receipts[i] = new EntryReceipt(EntryStatus.Recorded, position, draft.Points, at);
            }
            else if (FindOperation(hunt, draft.Operation) is { } repeated)
            {
                receipts[i] = repeated;
            }
            else if (draft.Kind == EntryKind.Claim && FindClaim(hunt, draft) is { } claimedAt)
            {
                receipts[i] = new EntryReceipt(EntryStatus.Taken, At: claimedAt);
            }
            else
            {
                return false;
            }
        }

        var head = expected;
        if (position > expected.Entries)
        {
            head = new ChainHead(position, points, [.. _head], at, isSealed);
            if (!MoveHead(hunt, group.Shard, expected, head))
            {
                return false;
            }
        }

        outcome = new CommitOutcome(CommitStatus.Committed, head, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(receipts));
        return true;
    }

    private bool Insert(CommitGroup group, long hunt, long position, long at, EntryDraft draft)
    {
        ReadOnlySpan<byte> digest = default;
        if (draft.Text is { } text)
        {
            var length = Encoding.UTF8.GetBytes(text, _text);
            _ = SHA256.HashData(_text.AsSpan(0, length), _digest);
            digest = _digest;
            _insert.BindText(15, _text.AsSpan(0, length)).Bind(16, digest);
        }
        else
        {
            _insert.BindNull(15).BindNull(16);
        }

        _chain.Hash(group.Hunt, group.Shard, position, at, draft, digest, _head, _next);
        return _insert.Bind(1, hunt)
            .Bind(2, group.Shard)
            .Bind(3, position)
            .Bind(4, at)
            .Bind(5, _session)
            .Bind(6, unchecked((long)draft.Operation.Sequence))
            .Bind(7, (byte)draft.Kind)
            .Bind(8, draft.Player.Value)
            .Bind(9, draft.Tile.X)
            .Bind(10, draft.Tile.Y)
            .Bind(11, draft.Region)
            .Bind(12, draft.Points)
            .Bind(13, draft.Treasure)
            .Bind(14, draft.Generation)
            .Bind(17, _next)
            .Run() > 0;
    }

    private EntryReceipt? FindOperation(long hunt, OperationId operation)
    {
        if (!_byOperation.Bind(1, hunt).Bind(2, _session).Bind(3, unchecked((long)operation.Sequence)).Step())
        {
            return null;
        }

        var found = new EntryReceipt(EntryStatus.Repeated, _byOperation.Int64(0), _byOperation.Int64(1), _byOperation.Int64(2));
        _byOperation.Reset();
        return found;
    }

    private long? FindClaim(long hunt, EntryDraft draft)
    {
        if (!_byTreasure.Bind(1, hunt).Bind(2, draft.Treasure).Bind(3, draft.Generation).Step())
        {
            return null;
        }

        var at = _byTreasure.Int64(0);
        _byTreasure.Reset();
        return at;
    }

    // Beside the primary key this is the second fence: a head that others moved, or that somebody tampered with, takes nothing.
    private bool MoveHead(long hunt, int shard, ChainHead from, ChainHead to)
    {
        var statement = from.Entries == 0 ? _addShard : _moveShard.Bind(8, from.Entries).Bind(9, from.Hash.AsSpan());
        return statement.Bind(1, hunt)
            .Bind(2, shard)
            .Bind(3, to.Entries)
            .Bind(4, to.Points)
            .Bind(5, to.At)
            .Bind(6, to.Sealed ? 1 : 0)
            .Bind(7, to.Hash.AsSpan())
            .Run() > 0;
    }

    private void RollBackGroup()
    {
        _rollBackTo.Run();
        _release.Run();
    }

    private long NumberOf(HuntId hunt)
    {
        if (_hunts.TryGetValue(hunt, out var number) || TryFindHunt(hunt, out number))
        {
            return number;
        }

        _addHunt.Bind(1, hunt.Value).Run();
        number = SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);
        _hunts.Add(hunt, number);
        return number;
    }

    private bool TryFindHunt(HuntId hunt, out long number)
    {
        number = 0;
        if (!_findHunt.Bind(1, hunt.Value).Step())
        {
            return false;
        }

        number = _findHunt.Int64(0);
        _findHunt.Reset();
        _hunts.Add(hunt, number);
        return true;
    }

    private SqliteStatement Prepare(string sql) => new(_connection, sql);
}
