using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Threads;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// Carries the write-ahead log over into the database beside the writer, on a connection of its own. Such a pass never catches the last pages of a
/// writer that goes on, and SQLite begins the log anew only when none is left; so the writer itself carries over those few, between two commits.
/// </summary>
internal sealed partial class WalKeeper : IDisposable
{
    // The status of a connection that counts the pages it wrote to the log.
    private const int CacheWrites = 9;

    private readonly int _pages;
    private readonly LedgerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SqliteConnection _connection;
    private readonly OwnThreads _thread = new("ledger log keeper", 1);
    private long _written;
    private Task _pass = Task.CompletedTask;
    private bool _rest;

    public WalKeeper(string path, int pages, LedgerMetrics metrics, ILogger logger)
    {
        _pages = pages;
        _metrics = metrics;
        _logger = logger;
        _connection = SqliteFile.OpenWriter(path, "FULL", LedgerSchema.Migrations);
    }

    /// <summary>Told by the writer's thread after each commit.</summary>
    public void Wrote(SqliteConnection writer)
    {
        _ = raw.sqlite3_db_status(writer.Handle, CacheWrites, out var written, out _, resetFlg: 1);
        _written += written;
        if (!_pass.IsCompleted)
        {
            return;
        }

        if (_rest)
        {
            _rest = false;
            Pass(writer);
            return;
        }

        if (_written >= _pages)
        {
            _written = 0;
            _rest = true;
            _pass = _thread.RunAsync(() => Pass(_connection));
        }
    }

    public void Dispose()
    {
        _thread.Dispose();
        _connection.Dispose();
    }

    private void Pass(SqliteConnection connection)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            SqliteStatement.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            _metrics.CheckpointDone(Stopwatch.GetElapsedTime(began));
        }
        catch (SqliteException problem)
        {
            // Nothing is lost: the log grows until a later pass succeeds, and commits tell by themselves when the disk is full.
            LogPassFailed(problem);
        }
    }

    [LoggerMessage(3002, LogLevel.Warning, "Carrying the write-ahead log over failed; it is tried again later")]
    private partial void LogPassFailed(Exception problem);
}
