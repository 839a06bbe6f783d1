using Veltrix.Ledger.Verification;
using static Veltrix.Ledger.Tests.Drafts;

namespace Veltrix.Ledger.Tests.Verification;

/// <summary>A ledger of two hunts with everything in it: claims, clues, an erased text, a seal.</summary>
internal static class FilledLedger
{
    public static LedgerReport Report { get; } = new(Hunts: 2, Shards: 3, Entries: 22, Points: 100 + 5, Players: 3, Erased: 1, Problem: null);

    public static async Task FillAsync(ILedgerStore store)
    {
        foreach (var shard in new[] { 0, 1 })
        {
            var head = ChainHead.Empty;
            for (ulong i = 1; i <= 10; i++)
            {
                var draft = i % 2 == 0
                    ? Clue(i, session: shard, player: "player-" + shard)
                    : Claim(i, treasure: (int)i + (100 * shard), points: 10, session: shard, player: "player-" + shard);
                head = (await store.CommitAsync(Group(head, draft) with { Shard = shard, At = 1_000 * (long)i })).Head;
            }
        }

        await store.EraseTextAsync(Hunt, 1, 6);
        await store.CommitAsync(Group(ChainHead.Empty, Claim(1, 1)) with { Hunt = new HuntId("other") });
        await store.CommitAsync(Group(await store.LoadHeadAsync(Hunt, 0), Seal(0)));
    }
}
