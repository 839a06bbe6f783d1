namespace Veltrix.Ledger.Sqlite;

/// <summary>The tables of <c>ledger.db</c>.</summary>
internal static class LedgerSchema
{
    // A hunt is a number in the rows: its id would be in the table and in each index once a row. The entries lie in the order of their chains.
    // Beside the two keys that guard the promises there is one index for a region's memory and one for totals; both leave out what they do not need.
    public static readonly ImmutableArray<string> Migrations =
    [
        """
        CREATE TABLE hunts (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE shards (
            hunt INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            entries INTEGER NOT NULL,
            points INTEGER NOT NULL,
            at INTEGER NOT NULL,
            sealed INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (hunt, shard)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE entries (
            hunt INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER NOT NULL,
            session BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            player TEXT NOT NULL,
            x INTEGER NOT NULL,
            y INTEGER NOT NULL,
            region INTEGER NOT NULL,
            points INTEGER NOT NULL,
            treasure INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            text TEXT,
            text_digest BLOB,
            hash BLOB NOT NULL,
            PRIMARY KEY (hunt, shard, position)
        ) STRICT, WITHOUT ROWID;

        CREATE UNIQUE INDEX entries_by_operation ON entries (hunt, session, sequence);
        CREATE UNIQUE INDEX entries_by_treasure ON entries (hunt, treasure, generation) WHERE kind = 1;
        CREATE INDEX entries_by_region ON entries (hunt, region, kind, at) WHERE kind IN (1, 2);
        CREATE INDEX entries_that_score ON entries (hunt, shard, player, points, kind, at) WHERE points <> 0;
        """,
    ];
}
