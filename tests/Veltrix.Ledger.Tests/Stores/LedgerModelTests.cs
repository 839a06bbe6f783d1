using CsCheck;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Verification;

namespace Veltrix.Ledger.Tests.Stores;

/// <summary>Random groups, stale heads among them, against a model that knows only the promises.</summary>
public sealed class LedgerModelTests
{
    private static readonly Gen<EntryDraft> GenDraft = Gen.Frequency(
        (6, Gen.Select(Gen.ULong[1, 30], Gen.Int[0, 8], Gen.Int[0, 1], (sequence, treasure, generation) =>
            Drafts.Claim(sequence, treasure, points: treasure + 1, generation))),
        (3, Gen.ULong[1, 30].Select(sequence => Drafts.Clue(sequence, $"clue {sequence}"))));

    private static readonly Gen<(int Shard, bool Stale, bool Seal, EntryDraft[] Drafts)> GenGroup =
        Gen.Select(Gen.Int[0, 2], Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))), Gen.Int[0, 30].Select(n => n == 0), GenDraft.Array[1, 6]);

    [Fact]
    public Task Commit_AnyGroups_GiveWhatTheModelGives() =>
        GenGroup.Array[1, 25].SampleAsync(
            async groups =>
            {
                using var temp = new TempFolder();
                var path = temp.File("ledger.db");
                var model = new Model();
                using (var store = Drafts.OpenSqlite(path))
                {
                    foreach (var (shard, stale, seal, drafts) in groups)
                    {
                        var head = await store.LoadHeadAsync(Drafts.Hunt, shard);
                        var expected = stale && head.Entries > 0 ? ChainHead.Empty : head;
                        EntryDraft[] all = seal ? [.. drafts, Drafts.Seal(shard)] : drafts;
                        var outcome = await store.CommitAsync(Drafts.Group(expected, all) with { Shard = shard });
                        var (fenced, receipts) = model.Commit(shard, expected.Entries, expected.Sealed, all);

                        Assert.Equal(fenced ? CommitStatus.Fenced : CommitStatus.Committed, outcome.Status);
                        Assert.Equal(receipts, outcome.Receipts);
                    }
                }

                await using var audit = new SqliteLedgerAudit(path);
                var report = await new LedgerVerifier(audit).VerifyAsync();
                Assert.Null(report.Problem);
                Assert.Equal(model.Entries, report.Entries);
            },
            iter: 60);

    private sealed class Model
    {
        private Dictionary<OperationId, EntryReceipt> _operations = [];
        private HashSet<(int, int)> _claims = [];
        private readonly Dictionary<int, long> _lengths = [];

        public long Entries => _operations.Count;

        public (bool Fenced, IEnumerable<EntryReceipt> Receipts) Commit(int shard, long expected, bool isSealed, EntryDraft[] drafts)
        {
            var length = _lengths.GetValueOrDefault(shard);
            var (operations, claims) = (new Dictionary<OperationId, EntryReceipt>(_operations), new HashSet<(int, int)>(_claims));
            var receipts = new List<EntryReceipt>();
            foreach (var draft in drafts)
            {
                var claim = (draft.Treasure, draft.Generation);
                if (operations.TryGetValue(draft.Operation, out var known))
                {
                    receipts.Add(known with { Status = EntryStatus.Repeated });
                }
                else if (isSealed)
                {
                    receipts.Add(new EntryReceipt(EntryStatus.Sealed));
                }
                else if (draft.Kind == EntryKind.Claim && claims.Contains(claim))
                {
                    receipts.Add(new EntryReceipt(EntryStatus.Taken, At: 1_000));
                }
                else if (expected < length)
                {
                    return (true, []);
                }
                else
                {
                    var receipt = new EntryReceipt(EntryStatus.Recorded, ++expected, draft.Points, 1_000);
                    length = expected;
                    operations.Add(draft.Operation, receipt);
                    isSealed = draft.Kind == EntryKind.Seal;
                    _ = draft.Kind == EntryKind.Claim && claims.Add(claim);
                    receipts.Add(receipt);
                }
            }

            (_operations, _claims, _lengths[shard]) = (operations, claims, length);
            return (false, receipts);
        }
    }
}
