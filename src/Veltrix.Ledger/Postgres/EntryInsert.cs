using Npgsql;
using NpgsqlTypes;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// The one statement that records a group: it moves the shard's head and inserts the rows, or does neither. The rows travel as one array a column.
/// Statement, arrays and parameters are made once and filled anew for each group; for one group at a time.
/// </summary>
internal sealed class EntryInsert : IDisposable
{
    // The head comes first: its row's lock makes groups of one shard wait for each other before they hold any key. set_config is evaluated in the
    // same transaction, and its value is asked for, so nothing is inserted by a commit that would not wait for the disk.
    private const string FirstGroup =
        """
        WITH head AS (
            INSERT INTO ledger_shards (hunt, shard, entries, points, at, sealed, hash)
            SELECT number, $2, $5, $6, $7, $8, $9 FROM ledger_hunts WHERE id = $1
            ON CONFLICT DO NOTHING
            RETURNING hunt, set_config('synchronous_commit', 'on', true) AS durable)
        """;

    private const string NextGroup =
        """
        WITH head AS (
            UPDATE ledger_shards SET entries = $5, points = $6, at = $7, sealed = $8, hash = $9
            WHERE hunt = (SELECT number FROM ledger_hunts WHERE id = $1) AND shard = $2 AND entries = $3 AND hash = $4
            RETURNING hunt, set_config('synchronous_commit', 'on', true) AS durable)
        """;

    // Rows are inserted as they lie in the arrays: the order in which keys are taken is the plan's.
    private const string Rows =
        """

        INSERT INTO ledger_entries (hunt, shard, at, position, session, sequence, kind, player, x, y, region, points, treasure, generation,
            text, text_digest, hash)
        SELECT head.hunt, $2, $7, drafts.* FROM head, unnest($10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) AS drafts
        WHERE head.durable = 'on'
        """;

    private readonly List<long> _position = [];
    private readonly List<Guid> _session = [];
    private readonly List<long> _sequence = [];
    private readonly List<short> _kind = [];
    private readonly List<string> _player = [];
    private readonly List<int> _x = [];
    private readonly List<int> _y = [];
    private readonly List<int> _region = [];
    private readonly List<long> _points = [];
    private readonly List<int> _treasure = [];
    private readonly List<int> _generation = [];
    private readonly List<string?> _text = [];
    private readonly List<byte[]?> _digest = [];
    private readonly List<byte[]> _hash = [];
    private readonly Statement _first;
    private readonly Statement _next;

    public EntryInsert()
    {
        _first = new Statement(FirstGroup + Rows, this);
        _next = new Statement(NextGroup + Rows, this);
    }

    /// <summary>Runs it as a transaction of its own.</summary>
    /// <returns>how many rows it inserted: all, or none when the shard does not stand where the group says</returns>
    public async Task<int> RunAsync(NpgsqlConnection connection, GroupPlan plan, int timeoutSeconds)
    {
        Fill(plan.Rows);
        var statement = plan.Group.Expected.Entries == 0 ? _first : _next;
        statement.Fill(plan);
        statement.Command.Connection = connection;
        statement.Command.CommandTimeout = timeoutSeconds;
        return await statement.Command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        _first.Command.Dispose();
        _next.Command.Dispose();
    }

    private void Fill(List<PlannedRow> rows)
    {
        Clear();
        foreach (var row in rows)
        {
            var draft = row.Draft;
            _position.Add(row.Position);
            _session.Add(draft.Operation.Session.Value);
            _sequence.Add(unchecked((long)draft.Operation.Sequence));
            _kind.Add((short)draft.Kind);
            _player.Add(row.Player);
            _x.Add(draft.Tile.X);
            _y.Add(draft.Tile.Y);
            _region.Add(draft.Region);
            _points.Add(draft.Points);
            _treasure.Add(draft.Treasure);
            _generation.Add(draft.Generation);
            _text.Add(row.Text);
            _digest.Add(row.Digest);
            _hash.Add(row.Hash);
        }
    }

    private void Clear()
    {
        _position.Clear();
        _session.Clear();
        _sequence.Clear();
        _kind.Clear();
        _player.Clear();
        _x.Clear();
        _y.Clear();
        _region.Clear();
        _points.Clear();
        _treasure.Clear();
        _generation.Clear();
        _text.Clear();
        _digest.Clear();
        _hash.Clear();
    }

    private sealed class Statement
    {
        private readonly NpgsqlParameter<string> _hunt = new() { NpgsqlDbType = NpgsqlDbType.Text };
        private readonly NpgsqlParameter<int> _shard = new() { NpgsqlDbType = NpgsqlDbType.Integer };
        private readonly NpgsqlParameter<long> _fromEntries = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlParameter<byte[]> _fromHash = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
        private readonly NpgsqlParameter<long> _toEntries = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlParameter<long> _toPoints = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlParameter<long> _toAt = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        private readonly NpgsqlParameter<bool> _toSealed = new() { NpgsqlDbType = NpgsqlDbType.Boolean };
        private readonly NpgsqlParameter<byte[]> _toHash = new() { NpgsqlDbType = NpgsqlDbType.Bytea };

        public Statement(string sql, EntryInsert columns)
        {
            Command = new NpgsqlCommand(sql)
            {
                Parameters =
                {
                    _hunt, _shard, _fromEntries, _fromHash, _toEntries, _toPoints, _toAt, _toSealed, _toHash,
                    Column(columns._position, NpgsqlDbType.Bigint),
                    Column(columns._session, NpgsqlDbType.Uuid),
                    Column(columns._sequence, NpgsqlDbType.Bigint),
                    Column(columns._kind, NpgsqlDbType.Smallint),
                    Column(columns._player, NpgsqlDbType.Text),
                    Column(columns._x, NpgsqlDbType.Integer),
                    Column(columns._y, NpgsqlDbType.Integer),
                    Column(columns._region, NpgsqlDbType.Integer),
                    Column(columns._points, NpgsqlDbType.Bigint),
                    Column(columns._treasure, NpgsqlDbType.Integer),
                    Column(columns._generation, NpgsqlDbType.Integer),
                    Column(columns._text, NpgsqlDbType.Text),
                    Column(columns._digest, NpgsqlDbType.Bytea),
                    Column(columns._hash, NpgsqlDbType.Bytea),
                },
            };
        }

        public NpgsqlCommand Command { get; }

        public void Fill(GroupPlan plan)
        {
            var (group, head) = (plan.Group, plan.Head);
            _hunt.TypedValue = group.Hunt.Value;
            _shard.TypedValue = group.Shard;
            _fromEntries.TypedValue = group.Expected.Entries;
            _fromHash.TypedValue = [.. group.Expected.Hash];
            _toEntries.TypedValue = head.Entries;
            _toPoints.TypedValue = head.Points;
            _toAt.TypedValue = head.At;
            _toSealed.TypedValue = head.Sealed;
            _toHash.TypedValue = [.. head.Hash];
        }

        private static NpgsqlParameter<List<T>> Column<T>(List<T> values, NpgsqlDbType type) =>
            new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
