using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Threads;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// The one thread that writes <c>ledger.db</c>. It takes everything that waits, of whatever shards, and commits it in one transaction: who waits
/// shares one write to the disk. What arrives meanwhile makes the next transaction.
/// </summary>
internal sealed partial class LedgerWriter : IDisposable
{
    private readonly string _path;
    private readonly LedgerOptions _options;
    private readonly LedgerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WalKeeper _wal;
    private readonly WriterThread<Batch> _thread;

    private SqliteConnection? _connection;
    private LedgerTables _tables = null!;
    private SqliteStatement _begin = null!;
    private SqliteStatement _commit = null!;

    public LedgerWriter(string path, LedgerOptions options, LedgerMetrics metrics, ILogger logger)
    {
        _path = path;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        Connect();
        _wal = new WalKeeper(path, options.CheckpointPages, metrics, logger);
        _thread = new WriterThread<Batch>("ledger writer", new Batch(options.MaxWaitingGroups), new Batch(options.MaxWaitingGroups), Write);
    }

    public ValueTask<CommitOutcome> CommitAsync(CommitGroup group)
    {
        GroupRules.Check(group, _options.MaxTextBytes);
        if (group.Drafts.IsEmpty)
        {
            return new(new CommitOutcome(CommitStatus.Committed, group.Expected, []));
        }

        var job = new CommitJob(group);
        return Enqueue(job) ? new(job.Done.Task) : new(new CommitOutcome(CommitStatus.Busy, group.Expected, []));
    }

    public Task<bool> EraseAsync(HuntId hunt, int shard, long position)
    {
        var job = new EraseJob(hunt, shard, position);
        return Enqueue(job)
            ? job.Done.Task
            : throw new LedgerFaultException($"The text of entry {position} of shard {shard} was not erased: too much waits for the disk. Try again.");
    }

    public void Dispose()
    {
        _thread.Dispose();
        _wal.Dispose();
        Disconnect();
    }

    private bool Enqueue(Job job) => _thread.Add(job, static (batch, job) => batch.TryAdd(job));

    private void Write(Batch batch)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            Commit(batch.Jobs);
        }
        catch (Exception problem)
        {
            Fault(batch.Jobs, problem);
            return;
        }

        var drafts = 0;
        foreach (var job in batch.Jobs)
        {
            drafts += job.Drafts;
            job.Complete();
        }

        _metrics.Committed(Stopwatch.GetElapsedTime(began), drafts);
        _wal.Wrote(_connection!);
    }

    private void Commit(List<Job> jobs)
    {
        if (_connection is null)
        {
            Connect();
        }

        _begin.Run();
        foreach (var job in jobs)
        {
            job.Run(_tables);
        }

        _commit.Run();
    }

    // After a failed write neither the transaction nor the connection's memory is to be trusted: the next commit opens the file anew and reads
    // what is there. The callers get the one answer that is true: unknown.
    private void Fault(List<Job> jobs, Exception problem)
    {
        LogFault(problem, _path, jobs.Count);
        _metrics.Faulted();
        Disconnect();
        var fault = new LedgerFaultException(
            $"The ledger's file '{_path}' could not be written, so it is unknown whether the entries are on disk: {problem.Message}", problem);
        foreach (var job in jobs)
        {
            job.Fault(fault);
        }
    }

    private void Connect()
    {
        var connection = SqliteFile.OpenWriter(_path, "FULL", LedgerSchema.Migrations);

        // The keeper carries the log over, not a commit. The cache holds the leaves that inserts touch: 64 MB.
        SqliteStatement.Execute(connection, "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536;");
        _tables = new LedgerTables(connection, _options.MaxTextBytes);
        _begin = new SqliteStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(connection, "COMMIT");
        _connection = connection;
    }

    private void Disconnect()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            _tables.Dispose();
            _begin.Dispose();
            _commit.Dispose();
            connection.Dispose();
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "Writing {Path} failed; {Groups} groups are answered with a fault")]
    private partial void LogFault(Exception problem, string path, int groups);

    private sealed class Batch(int most) : IWriterBatch
    {
        public List<Job> Jobs { get; } = [];

        public bool IsEmpty => Jobs.Count == 0;

        /// <returns>false when as many wait as may</returns>
        public bool TryAdd(Job job)
        {
            if (Jobs.Count >= most)
            {
                return false;
            }

            Jobs.Add(job);
            return true;
        }

        public void Clear() => Jobs.Clear();
    }

    private abstract class Job
    {
        public abstract int Drafts { get; }

        /// <summary>Writes, inside the transaction.</summary>
        public abstract void Run(LedgerTables tables);

        /// <summary>Answers, after the transaction.</summary>
        public abstract void Complete();

        public abstract void Fault(Exception fault);
    }

    private sealed class CommitJob(CommitGroup group) : Job
    {
        private CommitOutcome _outcome;
        private ArgumentException? _refused;

        public TaskCompletionSource<CommitOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override int Drafts => group.Drafts.Length;

        public override void Run(LedgerTables tables)
        {
            try
            {
                _outcome = tables.Write(group);
            }
            catch (OverflowException problem)
            {
                _refused = new ArgumentException("The points of the shard would no longer fit in 64 bits; nothing of the group was recorded.", problem);
            }
        }

        public override void Complete()
        {
            if (_refused is null)
            {
                Done.SetResult(_outcome);
            }
            else
            {
                Done.SetException(_refused);
            }
        }

        public override void Fault(Exception fault) => Done.SetException(fault);
    }

    private sealed class EraseJob(HuntId hunt, int shard, long position) : Job
    {
        private bool _had;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override int Drafts => 0;

        public override void Run(LedgerTables tables) => _had = tables.Erase(hunt, shard, position);

        public override void Complete() => Done.SetResult(_had);

        public override void Fault(Exception fault) => Done.SetException(fault);
    }
}
