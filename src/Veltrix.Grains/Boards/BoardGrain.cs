using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Boards;

/// <summary>
/// A hunt's ranking. It is a cache of the ledger: it starts from the totals on disk and takes each entry after them once, by its position.
/// A group that a lost call did not bring shows as a hole before the next one, or at the next look at the ledger, and is read from there.
/// </summary>
[GrainType("board")]
internal sealed partial class BoardGrain(
    ILedgerArchive archive, IOptions<BoardOptions> options, BoardMetrics metrics, ILogger<BoardGrain> logger) : Grain, IBoardGrain
{
    private const int ReadAtOnce = 1000;

    private Ranking _ranking = new();

    // By shard: the position of the last entry that is included.
    private long[] _included = [];

    private HuntId Hunt => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var totals = await archive.ReadTotalsAsync(Hunt, cancellationToken);
        _ranking = Ranking.Of(totals.Players);

        // Totals may end with the last shard that has an entry; the ledger of every shard is asked all the same.
        var hunt = await GrainFactory.Hunt(Hunt).GetAsync(cancellationToken);
        _included = new long[Math.Max(totals.Entries.Length, hunt?.Draft.Rules.LedgerShards ?? 0)];
        totals.Entries.CopyTo(_included);
        this.RegisterGrainTimer(static (board, token) => board.CatchUpAsync(token), this, options.Value.CatchUpEvery, options.Value.CatchUpEvery);
        LogReady(Hunt, _ranking.Count, _included.Sum());
    }

    public ValueTask<BoardPage> TopAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        return new(Page(_ranking.Page(0, count)));
    }

    public ValueTask<BoardPage> AroundAsync(PlayerId player, int either, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(either, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(either, 500);
        var place = _ranking.PlaceOf(player);
        var first = Math.Max(0, place - either);
        return new(Page(place < 0 ? [] : _ranking.Page(first, place + either + 1 - first)));
    }

    public async ValueTask RecordAsync(
        int shard, long first, long last, ImmutableArray<ScoredEntry> scored, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)_included.Length);
        if (last <= _included[shard])
        {
            return;
        }

        if (first == _included[shard] + 1)
        {
            foreach (var entry in scored)
            {
                _ranking.Add(entry);
            }

            _included[shard] = last;
            metrics.Recorded(last - first + 1);
            return;
        }

        // A hole, or a group of which a part is included already. The scored entries carry no positions, so the ledger tells which are new.
        metrics.Gap();
        LogGap(Hunt, shard, _included[shard], first, last);
        await ReadAsync(shard, last, CancellationToken.None);
    }

    private BoardPage Page(ImmutableArray<Standing> standings) => new(standings, _ranking.Count, _included.Sum(), _ranking.Points);

    /// <summary>Reads what a lost call should have brought when no later one of its shard uncovers the hole.</summary>
    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < _included.Length; shard++)
        {
            await ReadAsync(shard, long.MaxValue, cancellationToken);
        }
    }

    /// <summary>Includes a shard's entries up to a position, or all that there are.</summary>
    private async Task ReadAsync(int shard, long upTo, CancellationToken cancellationToken)
    {
        while (_included[shard] < upTo)
        {
            var missing = (int)Math.Min(ReadAtOnce, upTo - _included[shard]);
            var entries = await archive.ReadAsync(Hunt, shard, _included[shard], missing, cancellationToken);
            foreach (var entry in entries)
            {
                if (entry.Content.Kind == EntryKind.Claim || entry.Content.Points != 0)
                {
                    _ranking.Add(new ScoredEntry(entry.Content.Player, entry.Content.Points, entry.Content.Kind == EntryKind.Claim, entry.At));
                }

                _included[shard] = entry.Position;
            }

            if (entries.Length < missing)
            {
                return;
            }
        }
    }

    [LoggerMessage(5020, LogLevel.Information, "The board of hunt {Hunt} is ready: {Players} players, {Entries} entries")]
    private partial void LogReady(HuntId hunt, int players, long entries);

    [LoggerMessage(5021, LogLevel.Debug, "The board of hunt {Hunt} has shard {Shard} up to {Included} and heard of {First} to {Last}: it reads the ledger")]
    private partial void LogGap(HuntId hunt, int shard, long included, long first, long last);
}
