using System.Collections.Immutable;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// The tables and statements that Orleans' AdoNet grain storage runs on SQLite. The provider looks four statements up by key in OrleansQuery and
/// binds parameters by name; a write answers one row with NewGrainStateVersion, a clear one row with the version in its first column, and no
/// row at all means that the version was not the expected one.
/// </summary>
internal static class GrainStorageSchema
{
    // Each write is one statement, so no transaction is open between two of them. The grain's type is part of the key, and so is the whole
    // key of the grain by its hash (see GrainKeyHasher). A key without an extension has '', so that it is unique as well.
    private const string Key =
        """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') AND ServiceId = @ServiceId
        """;

    public static readonly ImmutableArray<string> Migrations =
    [
        $"""
        CREATE TABLE OrleansQuery (QueryKey TEXT NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE OrleansStorage (
            GrainIdHash INTEGER NOT NULL,
            GrainTypeHash INTEGER NOT NULL,
            GrainIdN0 INTEGER NOT NULL,
            GrainIdN1 INTEGER NOT NULL,
            GrainTypeString TEXT NOT NULL,
            GrainIdExtensionString TEXT NOT NULL,
            ServiceId TEXT NOT NULL,
            PayloadBinary BLOB,
            ModifiedOn TEXT NOT NULL,
            Version INTEGER NOT NULL,
            PRIMARY KEY (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
        ) STRICT;

        -- The first version of a row is drawn: a grain that still holds the version of a row that was cleared since cannot overwrite its successor.
        INSERT INTO OrleansQuery VALUES ('WriteToStorageKey', '
        INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
        SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), @ServiceId, @PayloadBinary, datetime(''now''), abs(random() % 1000000000) + 1
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING RETURNING Version AS NewGrainStateVersion;
        UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = datetime(''now''), Version = Version + 1
        WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion;');

        INSERT INTO OrleansQuery VALUES ('ReadFromStorageKey', '
        SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Key};');

        INSERT INTO OrleansQuery VALUES ('ClearStorageKey', '
        UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = datetime(''now''), Version = Version + 1
        WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version;');

        INSERT INTO OrleansQuery VALUES ('DeleteStorageKey', '
        DELETE FROM OrleansStorage WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version + 1;');
        """,
    ];
}
