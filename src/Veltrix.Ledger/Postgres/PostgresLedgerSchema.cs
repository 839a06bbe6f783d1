using Veltrix.Hosting.Storage.Postgres;

namespace Veltrix.Ledger.Postgres;

/// <summary>The ledger's tables on PostgreSQL.</summary>
public static class PostgresLedgerSchema
{
    // A hunt is a number in the rows: its id would be in the table and in each index once a row. Beside the keys that guard the promises there is one
    // index for a region's memory and one for totals; both leave out what they do not need. The wide columns come first, so a row has no padding
    // between them. Names compare byte by byte, as the board's order does. A shard's row changes with each commit and nothing of it but its key is
    // indexed: room in its page lets the change stay there, and the next one clears up after it.
    public static PostgresSchema Schema { get; } = new(
        "ledger",
        [
            """
            CREATE TABLE ledger_hunts (
                number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id text COLLATE "C" NOT NULL UNIQUE
            );

            CREATE TABLE ledger_shards (
                hunt integer NOT NULL,
                shard integer NOT NULL,
                entries bigint NOT NULL,
                points bigint NOT NULL,
                at bigint NOT NULL,
                sealed boolean NOT NULL,
                hash bytea NOT NULL,
                PRIMARY KEY (hunt, shard)
            ) WITH (fillfactor = 25);

            CREATE TABLE ledger_entries (
                position bigint NOT NULL,
                at bigint NOT NULL,
                sequence bigint NOT NULL,
                points bigint NOT NULL,
                hunt integer NOT NULL,
                shard integer NOT NULL,
                x integer NOT NULL,
                y integer NOT NULL,
                region integer NOT NULL,
                treasure integer NOT NULL,
                generation integer NOT NULL,
                kind smallint NOT NULL,
                session uuid NOT NULL,
                hash bytea NOT NULL,
                player text COLLATE "C" NOT NULL,
                text_digest bytea,
                text text,
                PRIMARY KEY (hunt, shard, position)
            );

            CREATE UNIQUE INDEX ledger_entries_by_operation ON ledger_entries (hunt, session, sequence);
            CREATE UNIQUE INDEX ledger_entries_by_treasure ON ledger_entries (hunt, treasure, generation) WHERE kind = 1;
            CREATE INDEX ledger_entries_by_region ON ledger_entries (hunt, region, kind, at) WHERE kind IN (1, 2);
            CREATE INDEX ledger_entries_that_score ON ledger_entries (hunt, shard, player, points, kind, at) WHERE points <> 0;
            """,
        ]);
}
