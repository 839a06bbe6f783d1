using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using Veltrix.World;

namespace Veltrix.Ledger.Postgres;

/// <summary>What is asked of the ledger's tables.</summary>
internal static class LedgerQueries
{
    private const string HuntNumber = "(SELECT number FROM ledger_hunts WHERE id = $1)";

    /// <summary>Gives a hunt its number. A repeat changes nothing, and draws no number either.</summary>
    public static async Task EnsureHuntAsync(NpgsqlConnection connection, HuntId hunt, int timeoutSeconds)
    {
        await using var command = Command(
            connection,
            "INSERT INTO ledger_hunts (id) SELECT $1 WHERE NOT EXISTS (SELECT FROM ledger_hunts WHERE id = $1) ON CONFLICT DO NOTHING",
            hunt,
            timeoutSeconds);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Tells a plan what of its group is on disk: its operations, and the treasures that it claims.</summary>
    public static async Task AskAsync(NpgsqlConnection connection, GroupPlan plan, int timeoutSeconds)
    {
        var drafts = plan.Group.Drafts;
        await using var command = Command(
            connection,
            $"""
            SELECT asked.draft, entry.position, entry.points, entry.at, claim.at
            FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS asked (session, sequence, treasure, generation, draft)
            LEFT JOIN LATERAL (SELECT position, points, at FROM ledger_entries
                WHERE hunt = {HuntNumber} AND session = asked.session AND sequence = asked.sequence LIMIT 1) AS entry ON true
            LEFT JOIN LATERAL (SELECT at FROM ledger_entries
                WHERE hunt = {HuntNumber} AND treasure = asked.treasure AND generation = asked.generation AND kind = 1 LIMIT 1) AS claim ON true
            WHERE entry.position IS NOT NULL OR claim.at IS NOT NULL
            """,
            plan.Group.Hunt,
            timeoutSeconds);
        Add(command, drafts.Select(draft => draft.Operation.Session.Value).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(command, drafts.Select(draft => unchecked((long)draft.Operation.Sequence)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, drafts.Select(draft => draft.Kind == EntryKind.Claim ? draft.Treasure : default(int?)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        Add(command, drafts.Select(draft => draft.Generation).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var draft = drafts[(int)row.GetInt64(0) - 1];
            if (!row.IsDBNull(1))
            {
                plan.Learn(draft.Operation, new EntryReceipt(EntryStatus.Repeated, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)));
            }

            if (!row.IsDBNull(4))
            {
                plan.Learn(draft.Treasure, draft.Generation, row.GetInt64(4));
            }
        }
    }

    /// <summary>A shard's head.</summary>
    /// <param name="settled">whether to wait for a commit that is under way, such as one whose caller is dead</param>
    public static async Task<ChainHead?> HeadAsync(
        NpgsqlConnection connection, HuntId hunt, int shard, bool settled, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"SELECT entries, points, hash, at, sealed FROM ledger_shards WHERE hunt = {HuntNumber} AND shard = $2{(settled ? " FOR SHARE" : "")}",
            hunt,
            timeoutSeconds);
        Add(command, shard, NpgsqlDbType.Integer);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ChainHead(row.GetInt64(0), row.GetInt64(1), Bytes(row, 2), row.GetInt64(3), row.GetBoolean(4))
            : null;
    }

    public static async Task<EntryReceipt?> FindAsync(
        NpgsqlConnection connection, HuntId hunt, OperationId operation, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"SELECT position, points, at FROM ledger_entries WHERE hunt = {HuntNumber} AND session = $2 AND sequence = $3",
            hunt,
            timeoutSeconds);
        Add(command, operation.Session.Value, NpgsqlDbType.Uuid);
        Add(command, unchecked((long)operation.Sequence), NpgsqlDbType.Bigint);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new EntryReceipt(EntryStatus.Repeated, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))
            : null;
    }

    /// <returns>whether there is such an entry and it had a text once</returns>
    public static async Task<bool> EraseTextAsync(NpgsqlConnection connection, HuntId hunt, int shard, long position, int timeoutSeconds)
    {
        // An erased text must not come back after a crash of the server.
        await using var command = Command(
            connection,
            $"""
            UPDATE ledger_entries SET text = NULL
            WHERE hunt = {HuntNumber} AND shard = $2 AND position = $3 AND text_digest IS NOT NULL
                AND set_config('synchronous_commit', 'on', true) = 'on'
            """,
            hunt,
            timeoutSeconds);
        Add(command, shard, NpgsqlDbType.Integer);
        Add(command, position, NpgsqlDbType.Bigint);
        return await command.ExecuteNonQueryAsync() > 0;
    }

    public static async Task<RegionHistory> RegionAsync(
        NpgsqlConnection connection, HuntId hunt, int region, int clues, int timeoutSeconds, CancellationToken cancellationToken)
    {
        var claims = ImmutableArray.CreateBuilder<PastClaim>();
        await using (var command = Command(
            connection,
            $"""
            SELECT treasure, generation, at, player, points FROM ledger_entries
            WHERE hunt = {HuntNumber} AND region = $2 AND kind = 1 ORDER BY at, shard, position
            """,
            hunt,
            timeoutSeconds))
        {
            Add(command, region, NpgsqlDbType.Integer);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                claims.Add(new PastClaim(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2), new PlayerId(row.GetString(3)), row.GetInt64(4)));
            }
        }

        var newest = ImmutableArray.CreateBuilder<PastClue>();
        await using (var command = Command(
            connection,
            $"""
            SELECT session, sequence, player, x, y, text FROM ledger_entries
            WHERE hunt = {HuntNumber} AND region = $2 AND kind = 2 ORDER BY at DESC, shard DESC, position DESC LIMIT $3
            """,
            hunt,
            timeoutSeconds))
        {
            Add(command, region, NpgsqlDbType.Integer);
            Add(command, clues, NpgsqlDbType.Integer);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                newest.Add(new PastClue(
                    Operation(row, 0), new PlayerId(row.GetString(2)), Tile.At(row.GetInt32(3), row.GetInt32(4)), row.IsDBNull(5) ? null : row.GetString(5)));
            }
        }

        newest.Reverse();
        return new RegionHistory(claims.ToImmutable(), newest.ToImmutable());
    }

    /// <summary>Totals and positions of one moment, which is why both come from one statement.</summary>
    public static async Task<LedgerTotals> TotalsAsync(
        NpgsqlConnection connection, HuntId hunt, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            SELECT player, sum(points)::bigint, count(*) FILTER (WHERE kind = 1), max(at), NULL::integer FROM ledger_entries
            WHERE hunt = {HuntNumber} AND points <> 0 GROUP BY player
            UNION ALL SELECT NULL, entries, NULL, NULL, shard FROM ledger_shards WHERE hunt = {HuntNumber}
            """,
            hunt,
            timeoutSeconds);
        var players = ImmutableArray.CreateBuilder<PlayerTotal>();
        var entries = new SortedDictionary<int, long>();
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                if (row.IsDBNull(4))
                {
                    players.Add(new PlayerTotal(new PlayerId(row.GetString(0)), row.GetInt64(1), (int)row.GetInt64(2), row.GetInt64(3)));
                }
                else
                {
                    entries.Add(row.GetInt32(4), row.GetInt64(1));
                }
            }
        }

        var byShard = new long[entries.Count == 0 ? 0 : entries.Keys.Last() + 1];
        foreach (var (shard, count) in entries)
        {
            byShard[shard] = count;
        }

        return new LedgerTotals(players.ToImmutable(), ImmutableCollectionsMarshal.AsImmutableArray(byShard));
    }

    public static async Task<long> PointsAsync(
        NpgsqlConnection connection, HuntId hunt, int shard, PlayerId player, int timeoutSeconds, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"SELECT coalesce(sum(points), 0)::bigint FROM ledger_entries WHERE hunt = {HuntNumber} AND shard = $2 AND player = $3 AND points <> 0",
            hunt,
            timeoutSeconds);
        Add(command, shard, NpgsqlDbType.Integer);
        Add(command, player.Value, NpgsqlDbType.Text);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <exception cref="InvalidDataException">an entry holds what no entry can</exception>
    public static async Task<ImmutableArray<LedgerEntry>> EntriesAsync(
        NpgsqlConnection connection, HuntId hunt, int shard, long after, int limit, int timeoutSeconds, CancellationToken cancellationToken)
    {
        // One row more: the hash before the first that is wanted.
        await using var command = Command(
            connection,
            $"""
            SELECT position, at, session, sequence, kind, player, x, y, region, points, treasure, generation, text, text_digest, hash
            FROM ledger_entries WHERE hunt = {HuntNumber} AND shard = $2 AND position >= $3 ORDER BY position LIMIT $4
            """,
            hunt,
            timeoutSeconds);
        Add(command, shard, NpgsqlDbType.Integer);
        Add(command, after, NpgsqlDbType.Bigint);
        Add(command, limit + 1, NpgsqlDbType.Integer);
        var found = ImmutableArray.CreateBuilder<LedgerEntry>();
        var previous = LedgerChain.Genesis;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            // Nothing comes before the first, whatever somebody put there.
            if (row.GetInt64(0) <= after)
            {
                previous = after > 0 ? Bytes(row, 14) : previous;
            }
            else if (found.Count < limit)
            {
                found.Add(Entry(row, hunt, shard, previous));
                previous = found[^1].Hash;
            }
        }

        return found.ToImmutable();
    }

    // Somebody may have changed the rows: what does not fit the type is news of its own, before any hash is looked at.
    private static LedgerEntry Entry(NpgsqlDataReader row, HuntId hunt, int shard, ImmutableArray<byte> previous) => new(
        hunt,
        shard,
        row.GetInt64(0),
        row.GetInt64(1),
        new EntryDraft(
            Operation(row, 2),
            (EntryKind)Fit(row.GetInt16(4), byte.MaxValue, "kind"),
            new PlayerId(row.GetString(5)),
            Tile.At(Fit(row.GetInt32(6), ushort.MaxValue, "x"), Fit(row.GetInt32(7), ushort.MaxValue, "y")),
            row.GetInt32(8),
            row.GetInt64(9),
            row.GetInt32(10),
            row.GetInt32(11),
            row.IsDBNull(12) ? null : row.GetString(12)),
        row.IsDBNull(13) ? [] : Bytes(row, 13),
        previous,
        Bytes(row, 14));

    private static int Fit(int value, int most, string column) =>
        value >= 0 && value <= most ? value : throw new InvalidDataException($"its column {column} has the impossible value or size {value}");

    private static OperationId Operation(NpgsqlDataReader row, int column) =>
        new(new SessionId(row.GetGuid(column)), unchecked((ulong)row.GetInt64(column + 1)));

    private static ImmutableArray<byte> Bytes(NpgsqlDataReader row, int column) =>
        ImmutableCollectionsMarshal.AsImmutableArray(row.GetFieldValue<byte[]>(column));

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, HuntId hunt, int timeoutSeconds)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = timeoutSeconds };
        Add(command, hunt.Value, NpgsqlDbType.Text);
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, T value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
}
