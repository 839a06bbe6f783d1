using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Veltrix.Ledger.Sqlite;
using Veltrix.World;

namespace Veltrix.Ledger.Tests;

/// <summary>Drafts and stores, short to write.</summary>
internal static class Drafts
{
    public static readonly HuntId Hunt = new("demo");

    public static OperationId Operation(int session, ulong sequence) =>
        new(new SessionId(new Guid(session + 1, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8)), sequence);

    public static EntryDraft Claim(ulong sequence, int treasure, long points = 5, int generation = 0, int session = 0, string player = "ada", int region = 0) =>
        new(Operation(session, sequence), EntryKind.Claim, new PlayerId(player), Tile.At(3, 4), region, points, treasure, generation);

    public static EntryDraft Clue(ulong sequence, string text = "under the oak", int session = 0, string player = "ada", int region = 0) =>
        new(Operation(session, sequence), EntryKind.Clue, new PlayerId(player), Tile.At(5, 6), region, 0, Text: text);

    public static EntryDraft Seal(int shard) =>
        new(new OperationId(new SessionId(Guid.Empty), (ulong)shard), EntryKind.Seal, new PlayerId(""), default, 0, 0);

    public static CommitGroup Group(ChainHead head, params EntryDraft[] drafts) => new(Hunt, 0, head, At: 1_000, Over: false, [.. drafts]);

    public static LedgerMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());

    public static SqliteLedgerStore OpenSqlite(string path, LedgerOptions? options = null) =>
        new(path, options ?? new LedgerOptions(), Metrics(), NullLogger<SqliteLedgerStore>.Instance);

    public static IEnumerable<EntryStatus> Statuses(this CommitOutcome outcome) => outcome.Receipts.Select(receipt => receipt.Status);
}
