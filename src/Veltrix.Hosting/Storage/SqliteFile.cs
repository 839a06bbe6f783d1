using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Veltrix.Hosting.Storage;

/// <summary>Opens database files of a data folder, each connection in the same manner.</summary>
public static class SqliteFile
{
    /// <summary>
    /// Opens a connection that writes, creates the file where there is none, and brings its schema up to date. The schema's number is the file's
    /// user_version, and the scripts run in one transaction: they happen once, whole or not at all, by one process at a time.
    /// </summary>
    /// <param name="path">the file</param>
    /// <param name="synchronous">FULL when a commit must outlive a power cut, NORMAL when it must outlive only the process</param>
    /// <param name="schema">the scripts, first the oldest: one is never changed, only followed by another</param>
    /// <exception cref="DataFolderException">The file was written by a newer Veltrix.</exception>
    public static SqliteConnection OpenWriter(string path, string synchronous, ImmutableArray<string> schema)
    {
        CreatePrivate(path);
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // A page size can only be told to an empty file. Deleted content is overwritten, since erased texts must be gone.
            SqliteStatement.Execute(connection, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;");
            SqliteStatement.Execute(connection, $"PRAGMA synchronous = {synchronous}; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;");
            Migrate(connection, path, schema);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that cannot write. It never waits for a writer, nor a writer for it.</summary>
    public static SqliteConnection OpenReader(string path) => Open(path, SqliteOpenMode.ReadOnly);

    /// <summary>Ends a transaction that failed. SQLite has ended it already after some errors, such as a full disk.</summary>
    public static void RollBack(SqliteConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            SqliteStatement.Execute(connection, "ROLLBACK");
        }
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        // Without a pool: who opens a connection here keeps it and its prepared statements.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();

            // SQLite's own wait for a lock begins with a millisecond; Microsoft.Data.Sqlite's sleeps 150.
            SqliteStatement.Execute(connection, "PRAGMA busy_timeout = 5000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Migrate(SqliteConnection connection, string path, ImmutableArray<string> schema)
    {
        SqliteStatement.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            int version;
            using (var read = new SqliteStatement(connection, "PRAGMA user_version"))
            {
                _ = read.Step();
                version = read.Int32(0);
            }

            if (version > schema.Length)
            {
                throw new DataFolderException(
                    $"The file '{path}' was written by a newer Veltrix (schema {version}, this one knows up to {schema.Length}): start that version, or give another data folder.");
            }

            for (; version < schema.Length; version++)
            {
                SqliteStatement.Execute(connection, schema[version]);
                SqliteStatement.Execute(connection, $"PRAGMA user_version = {version + 1}");
            }

            SqliteStatement.Execute(connection, "COMMIT");
        }
        catch
        {
            RollBack(connection);
            throw;
        }
    }

    // SQLite gives its -wal and -shm files the permissions of the file that they belong to.
    private static void CreatePrivate(string path)
    {
        if (!File.Exists(path) && !OperatingSystem.IsWindows())
        {
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = DataFolder.OwnerOnly,
            }).Dispose();
        }
    }
}
