using System.Collections.Concurrent;
using Npgsql;
using Veltrix.Hosting.Storage.Postgres;
using Veltrix.Ledger.Postgres;
using Veltrix.Ledger.Verification;
using Veltrix.Testing.Databases;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Postgres;

/// <summary>The server dies under commits and comes back: whoever writes repeats what was unknown, and nothing is lost or there twice.</summary>
public sealed class PostgresCrashTests
{
    private const int Shards = 6;
    private const int GroupsOfAShard = 150;
    private const int ClaimsOfAGroup = 3;

    [Fact]
    public async Task Commit_WhileTheServerIsStoppedAtOnceAndStartedAgain_LosesAndDoublesNothing()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var server = await PrivatePostgres.StartNewAsync();
        await using (var tables = NpgsqlDataSource.Create(server.ConnectionString))
        {
            await new PostgresMigrator(tables, [PostgresLedgerSchema.Schema]).MigrateAsync();
        }

        await using var store = PostgresLedger.Open(server.ConnectionString, new LedgerOptions { Writers = 4, CommitTimeout = TimeSpan.FromMinutes(1) });
        var acknowledged = new ConcurrentDictionary<OperationId, (int Shard, long Position)>();
        var faults = 0;
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, Shards).Select(shard => Task.Run(() => WriteAsync(shard))).ToArray();

        await some.Task;
        await server.StopAtOnceAsync();
        await server.StartAsync();
        await Task.WhenAll(writers);

        Assert.True(faults > 0, "The server died between two commits.");
        Assert.Equal(Shards * GroupsOfAShard * ClaimsOfAGroup, acknowledged.Count);
        foreach (var (operation, (_, position)) in acknowledged)
        {
            Assert.Equal(position, (await store.FindAsync(Hunt, operation))?.Position);
        }

        await using var audit = await PostgresLedgerAudit.OpenAsync(server.ConnectionString);
        var report = await new LedgerVerifier(audit).VerifyAsync();
        Assert.Equal((acknowledged.Count, null), (report.Entries, report.Problem));

        // As a shard does: after a fault it reads its head anew and commits the same drafts again.
        async Task WriteAsync(int shard)
        {
            var head = ChainHead.Empty;
            for (var group = 0; group < GroupsOfAShard;)
            {
                var drafts = Enumerable.Range(0, ClaimsOfAGroup)
                    .Select(i => (group * ClaimsOfAGroup) + i + 1)
                    .Select(i => Claim((ulong)i, treasure: (shard * 10_000) + i, session: shard))
                    .ToArray();
                try
                {
                    var outcome = await store.CommitAsync(Group(head, drafts) with { Shard = shard });
                    Assert.Equal(CommitStatus.Committed, outcome.Status);
                    for (var i = 0; i < drafts.Length; i++)
                    {
                        Assert.True(outcome.Receipts[i].Status is EntryStatus.Recorded or EntryStatus.Repeated);
                        Assert.True(acknowledged.TryAdd(drafts[i].Operation, (shard, outcome.Receipts[i].Position)));
                    }

                    (head, group) = (outcome.Head, group + 1);
                    if (acknowledged.Count > 300)
                    {
                        some.TrySetResult();
                    }
                }
                catch (LedgerFaultException)
                {
                    Interlocked.Increment(ref faults);
                    head = await store.LoadHeadAsync(Hunt, shard);
                }
            }
        }
    }
}
