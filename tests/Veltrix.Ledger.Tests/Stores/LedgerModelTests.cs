using CsCheck;
using Veltrix.Ledger.Sqlite;
using Veltrix.Ledger.Tests.Postgres;
using Veltrix.Ledger.Verification;
using Veltrix.Testing.Databases;

namespace Veltrix.Ledger.Tests.Stores;

/// <summary>Random groups, stale heads among them, against a model that knows only the promises.</summary>
public sealed class LedgerModelTests(PostgresLedger postgres) : IClassFixture<PostgresLedger>
{
    private static readonly Gen<EntryDraft> GenDraft = Gen.Frequency(
        (6, Gen.Select(Gen.ULong[1, 30], Gen.Int[0, 8], Gen.Int[0, 1], (sequence, treasure, generation) =>
            Drafts.Claim(sequence, treasure, points: treasure + 1, generation))),
        (3, Gen.ULong[1, 30].Select(sequence => Drafts.Clue(sequence, $"clue {sequence}"))));

    private static readonly Gen<(int Shard, bool Stale, bool Seal, bool Over, EntryDraft[] Drafts)> GenGroup = Gen.Select(
        Gen.Int[0, 2],
        Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Int[0, 30].Select(n => n == 0),
        Gen.Int[0, 20].Select(n => n == 0),
        GenDraft.Array[1, 6]);

    [Fact]
    public Task Commit_AnyGroupsOnSqlite_GiveWhatTheModelGives() =>
        GenGroup.Array[1, 25].SampleAsync(
            async groups =>
            {
                using var temp = new TempFolder();
                var path = temp.File("ledger.db");
                var model = new Model();
                using (var store = Drafts.OpenSqlite(path))
                {
                    await CommitAllAsync(store, Drafts.Hunt, groups, model);
                }

                await using var audit = new SqliteLedgerAudit(path);
                AssertHolds(await new LedgerVerifier(audit).VerifyAsync(), model);
            },
            iter: 60);

    [Fact]
    public async Task Commit_AnyGroupsOnPostgres_GiveWhatTheModelGives()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var store = postgres.Open();
        var hunts = 0;
        await GenGroup.Array[1, 25].SampleAsync(
            async groups =>
            {
                // A hunt of its own each time: a fresh database would take longer than the groups.
                var hunt = new HuntId($"hunt-{Interlocked.Increment(ref hunts)}");
                var model = new Model();
                await CommitAllAsync(store, hunt, groups, model);
                if (model.Entries > 0)
                {
                    AssertHolds(await postgres.VerifyAsync(hunt), model);
                }
            },
            iter: 100);
    }

    private static async Task CommitAllAsync(
        ILedgerStore store, HuntId hunt, (int Shard, bool Stale, bool Seal, bool Over, EntryDraft[] Drafts)[] groups, Model model)
    {
        foreach (var (shard, stale, seal, over, drafts) in groups)
        {
            var head = await store.LoadHeadAsync(hunt, shard);
            var expected = stale && head.Entries > 0 ? ChainHead.Empty : head;
            EntryDraft[] all = seal ? [.. drafts, Drafts.Seal(shard)] : drafts;
            var outcome = await store.CommitAsync(Drafts.Group(expected, all) with { Hunt = hunt, Shard = shard, Over = over });
            var (fenced, receipts) = model.Commit(shard, expected.Entries, expected.Sealed, over, all);

            Assert.Equal(fenced ? CommitStatus.Fenced : CommitStatus.Committed, outcome.Status);
            Assert.Equal(receipts, outcome.Receipts);
        }
    }

    private static void AssertHolds(LedgerReport report, Model model)
    {
        Assert.Null(report.Problem);
        Assert.Equal(model.Entries, report.Entries);
    }

    private sealed class Model
    {
        private Dictionary<OperationId, EntryReceipt> _operations = [];
        private HashSet<(int, int)> _claims = [];
        private readonly Dictionary<int, long> _lengths = [];

        public long Entries => _operations.Count;

        public (bool Fenced, IEnumerable<EntryReceipt> Receipts) Commit(
            int shard, long expected, bool isSealed, bool over, EntryDraft[] drafts)
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
                else if (isSealed || (over && draft.Kind != EntryKind.Seal))
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
