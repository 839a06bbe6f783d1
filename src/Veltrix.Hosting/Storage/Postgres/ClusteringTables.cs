namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// The tables and statements of the cluster's membership. Orleans binds parameters by name, reads columns by name, and takes a single column as a
/// yes or no. A table's version is its ETag: every change of a row names the version that it has read and raises it by one, both or neither.
/// </summary>
internal static class ClusteringTables
{
    // A change locks the version's row first and looks at it once it has the lock, so changes of one cluster happen one after the other, and the rest
    // of the statement sees either the version that the silo has read or nothing. A sign of life touches only the silo's own row and locks nobody out.
    //
    // Orleans cleans up the dead one by one, as it has read them: a row that somebody changed since stays. Its older statement, without that care, takes
    // all of before a time; Orleans asks for it at start, and uses it where it does not know the other. A vote against a silo carries the sign of life
    // that the voter has read; the silo may have given another since.
    public const string Migration =
        """
        CREATE TABLE OrleansMembershipVersionTable (
            DeploymentId text COLLATE "C" PRIMARY KEY,
            Version integer NOT NULL,
            ChangedAt timestamptz NOT NULL
        );

        CREATE TABLE OrleansMembershipTable (
            DeploymentId text COLLATE "C" NOT NULL REFERENCES OrleansMembershipVersionTable,
            Address text COLLATE "C" NOT NULL,
            Port integer NOT NULL,
            Generation integer NOT NULL,
            SiloName text NOT NULL,
            HostName text NOT NULL,
            Status integer NOT NULL,
            ProxyPort integer NOT NULL,
            SuspectTimes text,
            StartTime timestamptz NOT NULL,
            IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation)
        ) WITH (fillfactor = 50);

        INSERT INTO OrleansQuery VALUES ('InsertMembershipVersionKey', $sql$
        WITH made AS (
            INSERT INTO OrleansMembershipVersionTable (DeploymentId, Version, ChangedAt) VALUES (@DeploymentId, 0, now())
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT EXISTS (SELECT FROM made)
        $sql$);

        INSERT INTO OrleansQuery VALUES ('InsertMembershipKey', $sql$
        WITH read AS (
            SELECT DeploymentId FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId AND Version = @Version FOR UPDATE),
        changed AS (
            INSERT INTO OrleansMembershipTable
                (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
            SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM read
            ON CONFLICT DO NOTHING RETURNING DeploymentId),
        raised AS (
            UPDATE OrleansMembershipVersionTable AS v SET Version = v.Version + 1, ChangedAt = now()
            FROM changed WHERE v.DeploymentId = changed.DeploymentId RETURNING 1)
        SELECT EXISTS (SELECT FROM raised)
        $sql$);

        INSERT INTO OrleansQuery VALUES ('UpdateMembershipKey', $sql$
        WITH read AS (
            SELECT DeploymentId FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId AND Version = @Version FOR UPDATE),
        changed AS (
            UPDATE OrleansMembershipTable AS m
            SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = greatest(m.IAmAliveTime, @IAmAliveTime)
            FROM read
            WHERE m.DeploymentId = read.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
            RETURNING m.DeploymentId),
        raised AS (
            UPDATE OrleansMembershipVersionTable AS v SET Version = v.Version + 1, ChangedAt = now()
            FROM changed WHERE v.DeploymentId = changed.DeploymentId RETURNING 1)
        SELECT EXISTS (SELECT FROM raised)
        $sql$);

        INSERT INTO OrleansQuery VALUES ('UpdateIAmAlivetimeKey', $sql$
        UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
        WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
        $sql$);

        INSERT INTO OrleansQuery VALUES ('MembershipReadAllKey', $sql$
        SELECT m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
        FROM OrleansMembershipVersionTable AS v LEFT JOIN OrleansMembershipTable AS m USING (DeploymentId)
        WHERE v.DeploymentId = @DeploymentId
        $sql$);

        INSERT INTO OrleansQuery VALUES ('MembershipReadRowKey', $sql$
        SELECT m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
        FROM OrleansMembershipVersionTable AS v
        LEFT JOIN OrleansMembershipTable AS m
            ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
        WHERE v.DeploymentId = @DeploymentId
        $sql$);

        INSERT INTO OrleansQuery VALUES ('GatewaysQueryKey', $sql$
        SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
        WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
        $sql$);

        INSERT INTO OrleansQuery VALUES ('DeleteMembershipTableEntriesKey', $sql$
        DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
        DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
        $sql$);

        -- 6 is Dead.
        INSERT INTO OrleansQuery VALUES ('CleanupDefunctSiloEntryKey', $sql$
        DELETE FROM OrleansMembershipTable
        WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation AND Status = 6
            AND StartTime = @StartTime AND IAmAliveTime = @IAmAliveTime AND coalesce(SuspectTimes, '') = coalesce(@SuspectTimes, '')
        $sql$);

        INSERT INTO OrleansQuery VALUES ('CleanupDefunctSiloEntriesKey', $sql$
        DELETE FROM OrleansMembershipTable
        WHERE DeploymentId = @DeploymentId AND Status = 6 AND greatest(IAmAliveTime, StartTime) < @IAmAliveTime
        $sql$);
        """;
}
