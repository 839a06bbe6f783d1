// Appends to a ledger from several shards at once until it is killed, and prints a line for each entry that was acknowledged: shard, sequence, position.
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Veltrix.Contracts;
using Veltrix.Ledger;
using Veltrix.Ledger.Sqlite;
using Veltrix.World;

const int Shards = 8;
const int DraftsInGroup = 5;

using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
var metrics = new LedgerMetrics(services.GetRequiredService<IMeterFactory>());
using var store = new SqliteLedgerStore(
    args[0], new LedgerOptions { CheckpointPages = 200 }, metrics, NullLogger<SqliteLedgerStore>.Instance);
var hunt = new HuntId("demo");
await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => Task.Run(() => AppendAsync(shard))));

async Task AppendAsync(int shard)
{
    var head = ChainHead.Empty;
    for (ulong sequence = 0; ;)
    {
        var drafts = ImmutableArray.CreateBuilder<EntryDraft>();
        for (var i = 0; i < DraftsInGroup; i++)
        {
            drafts.Add(new EntryDraft(
                new OperationId(new SessionId(new Guid(shard + 1, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8)), ++sequence),
                EntryKind.Clue,
                new PlayerId($"player-{shard}"),
                Tile.At(1, 2),
                Region: 0,
                Points: 0,
                Text: $"clue {sequence}"));
        }

        var outcome = await store.CommitAsync(new CommitGroup(hunt, shard, head, At: 1_000, Over: false, drafts.ToImmutable()));
        head = outcome.Head;
        var lines = string.Concat(
            drafts.Zip(outcome.Receipts, (draft, receipt) => $"{shard} {draft.Operation.Sequence} {receipt.Position}\n"));
        await Console.Out.WriteAsync(lines);
        await Console.Out.FlushAsync();
    }
}
