using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Veltrix.Ledger.Postgres;

/// <summary>
/// Records groups, several shards at once, each by one statement that is a transaction of its own. Each entry's hash needs to know which drafts before
/// it are recorded, so the chain is worked out here, first as if all of them were fresh, as nearly all are. The unique keys say whether that was right:
/// <list type="bullet">
/// <item>All rows went in: then every one was fresh at the moment of the commit, and the chain is the right one. A draft that did not go in, because it is
/// taken or comes after a seal, could be a repeat all the same: for its sake the disk is asked first.</item>
/// <item>The head did not stand where the group says: nothing went in. The disk is asked which drafts are there; if any is left, the group is fenced.</item>
/// <item>A key is taken (23505): nothing went in. It is raised only once the transaction that holds the key is on disk, so the disk, asked now, names at
/// least one draft more that is not fresh. The chain is worked out without it, and tried again: this ends, at the latest when no draft is left.</item>
/// </list>
/// No two groups wait for each other in a circle: each takes its shard's head first, of which it has one, and then its keys in an order that is the same for
/// all. A caller that sends one operation to two shards with different treasures could still make one; PostgreSQL then ends one of them (40P01), and
/// that one is tried again.
/// </summary>
internal sealed partial class PostgresLedgerWriter(
    PostgresLedgerServer server, LedgerOptions options, LedgerMetrics metrics, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Writers);
    private readonly ConcurrentBag<Work> _idle = [];
    private int _waiting;

    public async ValueTask<CommitOutcome> CommitAsync(CommitGroup group)
    {
        GroupRules.Check(group, options.MaxTextBytes);
        if (group.Drafts.IsEmpty)
        {
            return new CommitOutcome(CommitStatus.Committed, group.Expected, []);
        }

        var deadline = new Deadline(clock, options.CommitTimeout);
        if (!await TryEnterAsync(deadline))
        {
            return new CommitOutcome(CommitStatus.Busy, group.Expected, []);
        }

        try
        {
            return await WriteAsync(group, deadline);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var work))
        {
            work.Dispose();
        }

        _free.Dispose();
    }

    private async ValueTask<bool> TryEnterAsync(Deadline deadline)
    {
        try
        {
            return Interlocked.Increment(ref _waiting) <= options.MaxWaitingGroups && await _free.WaitAsync(deadline.Left);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<CommitOutcome> WriteAsync(CommitGroup group, Deadline deadline)
    {
        var work = _idle.TryTake(out var idle) ? idle : new Work(options.MaxTextBytes);
        try
        {
            await using var connection = await server.OpenAsync(deadline, CancellationToken.None);
            var outcome = await WriteAsync(connection, work, group, deadline);
            metrics.Committed(deadline.Spent, group.Drafts.Length);
            _idle.Add(work);
            return outcome;
        }
        catch (ArgumentException)
        {
            work.Dispose();
            throw;
        }
        catch (PostgresException problem) when (problem.IsOfData())
        {
            work.Dispose();
            throw new ArgumentException($"A draft cannot be stored, and nothing of its group was: {problem.MessageText}", nameof(group), problem);
        }
        catch (Exception problem)
        {
            work.Dispose();
            metrics.Faulted();
            LogFault(problem, group.Hunt, group.Shard, group.Drafts.Length);
            throw new LedgerFaultException(
                $"The ledger's database failed, so it is unknown whether entries of shard {group.Shard} of the hunt '{group.Hunt}' are on disk: {problem.Message}",
                problem);
        }
    }

    private static async Task<CommitOutcome> WriteAsync(NpgsqlConnection connection, Work work, CommitGroup group, Deadline deadline)
    {
        var plan = work.Plan;
        plan.Begin(group);
        if (group.Expected.Entries == 0)
        {
            await LedgerQueries.EnsureHuntAsync(connection, group.Hunt, deadline.SecondsLeft);
        }

        for (var (asked, moved) = (false, false); ;)
        {
            var fits = plan.TryWorkOut();
            if (!asked && (moved || plan.TurnsAway || !fits))
            {
                await LedgerQueries.AskAsync(connection, plan, deadline.SecondsLeft);
                asked = true;
                continue;
            }

            if (!fits)
            {
                throw new ArgumentException("The points of the shard would no longer fit in 64 bits; nothing of the group was recorded.", nameof(group));
            }

            if (plan.Rows.Count > 0 && moved)
            {
                return new CommitOutcome(CommitStatus.Fenced, group.Expected, []);
            }

            var end = plan.Rows.Count == 0 ? InsertEnd.Inserted : await TryInsertAsync(connection, work, deadline);
            switch (end)
            {
                case InsertEnd.Inserted:
                    return new CommitOutcome(CommitStatus.Committed, plan.Head, plan.Receipts);

                case InsertEnd.HeadMoved:
                    (asked, moved) = (false, true);
                    break;

                case InsertEnd.KeyTaken:
                    var known = plan.Known;
                    await LedgerQueries.AskAsync(connection, plan, deadline.SecondsLeft);
                    asked = plan.Known > known
                        ? true
                        : throw new InvalidOperationException("A unique key of the ledger is taken by an entry that cannot be found: verify the ledger.");
                    break;

                default:
                    throw new InvalidOperationException($"{end} is no end of an insert.");
            }
        }
    }

    private static async Task<InsertEnd> TryInsertAsync(NpgsqlConnection connection, Work work, Deadline deadline)
    {
        while (true)
        {
            try
            {
                var inserted = await work.Insert.RunAsync(connection, work.Plan, deadline.SecondsLeft);
                return inserted == work.Plan.Rows.Count ? InsertEnd.Inserted
                    : inserted == 0 ? InsertEnd.HeadMoved
                    : throw new InvalidOperationException($"Of {work.Plan.Rows.Count} rows {inserted} were inserted: a trigger or a rule changes the ledger.");
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // A position that is taken beyond the head is another writer's, or somebody's who changed the head: nothing goes in beside it.
                return string.Equals(taken.ConstraintName, "ledger_entries_pkey", StringComparison.Ordinal) ? InsertEnd.HeadMoved : InsertEnd.KeyTaken;
            }
            catch (PostgresException aborted) when (aborted.IsAborted() && deadline.Left > TimeSpan.Zero)
            {
                // Nothing went in; the other transaction goes on meanwhile.
            }
        }
    }

    [LoggerMessage(3031, LogLevel.Error, "Writing {Drafts} drafts of shard {Shard} of {Hunt} failed: whether they are on disk is unknown")]
    private partial void LogFault(Exception problem, HuntId hunt, int shard, int drafts);

    private enum InsertEnd
    {
        /// <summary>All rows are on disk.</summary>
        Inserted,

        /// <summary>The shard does not stand where the group says; nothing was inserted.</summary>
        HeadMoved,

        /// <summary>An operation or a treasure's generation is on disk already; nothing was inserted.</summary>
        KeyTaken,
    }

    /// <summary>What one commit at a time needs, made once.</summary>
    private sealed class Work(int maxTextBytes) : IDisposable
    {
        public GroupPlan Plan { get; } = new(maxTextBytes);

        public EntryInsert Insert { get; } = new();

        public void Dispose()
        {
            Plan.Dispose();
            Insert.Dispose();
        }
    }
}
