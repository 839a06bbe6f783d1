namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// The table and statements of grain storage. A write answers one row with NewGrainStateVersion, a clear one row with the version in its first
/// column, and no row at all means that the version was not the expected one.
/// </summary>
internal static class GrainTables
{
    // WholeKeyGrainStorage gives the whole grain id, such as hunt/007, in what the provider calls the key's extension, and so none of the provider's
    // hashes and numbers is needed. Without it a key that reads as a number has no extension, and the write fails instead of sharing a row.
    private const string Row = "ServiceId = @ServiceId AND GrainId = @GrainIdExtensionString AND StateName = @GrainTypeString";

    // One statement for the first write and for the later ones: whichever does not apply finds nothing to do. The first version of a row is drawn, so
    // a grain that still holds the version of a row that was cleared since cannot overwrite its successor.
    public const string Migration =
        $"""
        CREATE TABLE OrleansStorage (
            ServiceId text COLLATE "C" NOT NULL,
            GrainId text COLLATE "C" NOT NULL,
            StateName text COLLATE "C" NOT NULL,
            Version integer NOT NULL,
            ModifiedOn timestamptz NOT NULL,
            PayloadBinary bytea,
            PRIMARY KEY (ServiceId, GrainId, StateName)
        );

        INSERT INTO OrleansQuery VALUES ('WriteToStorageKey', $sql$
        WITH made AS (
            INSERT INTO OrleansStorage (ServiceId, GrainId, StateName, Version, ModifiedOn, PayloadBinary)
            SELECT @ServiceId, @GrainIdExtensionString, @GrainTypeString, 1 + floor(random() * 1000000000)::integer, now(), @PayloadBinary
            WHERE @GrainStateVersion IS NULL
            ON CONFLICT DO NOTHING RETURNING Version),
        changed AS (
            UPDATE OrleansStorage SET Version = Version + 1, ModifiedOn = now(), PayloadBinary = @PayloadBinary
            WHERE {Row} AND Version = @GrainStateVersion
            RETURNING Version)
        SELECT Version AS NewGrainStateVersion FROM made UNION ALL SELECT Version FROM changed
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ReadFromStorageKey', $sql$
        SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Row}
        $sql$);

        INSERT INTO OrleansQuery VALUES ('ClearStorageKey', $sql$
        UPDATE OrleansStorage SET Version = Version + 1, ModifiedOn = now(), PayloadBinary = NULL
        WHERE {Row} AND Version = @GrainStateVersion
        RETURNING Version
        $sql$);

        INSERT INTO OrleansQuery VALUES ('DeleteStorageKey', $sql$
        DELETE FROM OrleansStorage WHERE {Row} AND Version = @GrainStateVersion
        RETURNING Version + 1
        $sql$);
        """;
}
