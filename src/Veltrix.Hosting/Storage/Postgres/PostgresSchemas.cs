namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>What this project keeps in a cluster's database.</summary>
public static class PostgresSchemas
{
    /// <summary>Orleans' own: membership, grain storage, reminders. Orleans finds its statements by their keys in OrleansQuery.</summary>
    public static PostgresSchema Orleans { get; } = new(
        "orleans",
        [
            """CREATE TABLE OrleansQuery (QueryKey text COLLATE "C" PRIMARY KEY, QueryText text NOT NULL)""",
            ClusteringTables.Migration,
            GrainTables.Migration,
            ReminderTables.Migration,
        ]);

    /// <summary>Maps, and what players must find again.</summary>
    public static PostgresSchema State { get; } = new(
        "state",
        [
            """
            CREATE TABLE maps (
                hash text COLLATE "C" PRIMARY KEY,
                name text NOT NULL,
                width integer NOT NULL,
                height integer NOT NULL,
                encoded bytea NOT NULL
            );

            -- Rows are overwritten in place every few seconds: room beside them keeps the new versions on the page and the index as it is.
            CREATE TABLE checkpoints (
                hunt text COLLATE "C" NOT NULL,
                player text COLLATE "C" NOT NULL,
                session uuid NOT NULL,
                applied bigint NOT NULL,
                x integer NOT NULL,
                y integer NOT NULL,
                has_left boolean NOT NULL,
                answers bytea NOT NULL,
                PRIMARY KEY (hunt, player)
            ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
            """,
        ]);
}
