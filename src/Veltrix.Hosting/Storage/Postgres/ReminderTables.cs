namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// The table and statements of reminders. A silo reads the reminders whose grains hash into its piece of the ring; hashes are signed here as Orleans
/// compares them, and the second range statement is for the piece that goes over the ring's end, or all around.
/// </summary>
internal static class ReminderTables
{
    // The first version is drawn for the same reason as that of a grain's state: who removes a reminder by a version that he read before it was
    // removed and made again leaves the new one alone.
    public const string Migration =
        """
        CREATE TABLE OrleansRemindersTable (
            ServiceId text COLLATE "C" NOT NULL,
            GrainId text COLLATE "C" NOT NULL,
            ReminderName text COLLATE "C" NOT NULL,
            GrainHash integer NOT NULL,
            StartTime timestamptz NOT NULL,
            Period bigint NOT NULL,
            Version integer NOT NULL,
            PRIMARY KEY (ServiceId, GrainId, ReminderName)
        );

        CREATE INDEX OrleansRemindersByHash ON OrleansRemindersTable (ServiceId, GrainHash);

        INSERT INTO OrleansQuery VALUES ('UpsertReminderRowKey', $sql$
        INSERT INTO OrleansRemindersTable AS r (ServiceId, GrainId, ReminderName, GrainHash, StartTime, Period, Version)
        VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 1 + floor(random() * 1000000000)::integer)
        ON CONFLICT (ServiceId, GrainId, ReminderName) DO UPDATE
            SET GrainHash = excluded.GrainHash, StartTime = excluded.StartTime, Period = excluded.Period, Version = r.Version + 1
        RETURNING Version
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ReadReminderRowKey', $sql$
        SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
        WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ReadReminderRowsKey', $sql$
        SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
        WHERE ServiceId = @ServiceId AND GrainId = @GrainId
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ReadRangeRows1Key', $sql$
        SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
        WHERE ServiceId = @ServiceId AND GrainHash > @BeginHash AND GrainHash <= @EndHash
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ReadRangeRows2Key', $sql$
        SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
        WHERE ServiceId = @ServiceId AND (GrainHash > @BeginHash OR GrainHash <= @EndHash)
        $sql$);

        INSERT INTO OrleansQuery VALUES ('DeleteReminderRowKey', $sql$
        WITH gone AS (
            DELETE FROM OrleansRemindersTable
            WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName AND Version = @Version
            RETURNING 1)
        SELECT EXISTS (SELECT FROM gone)
        $sql$);

        INSERT INTO OrleansQuery VALUES ('DeleteReminderRowsKey', $sql$
        DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId
        $sql$);
        """;
}
