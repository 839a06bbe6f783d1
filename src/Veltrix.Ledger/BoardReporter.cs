using Microsoft.Extensions.Logging;

namespace Veltrix.Ledger;

/// <summary>
/// Tells a hunt's board what a shard recorded, beside the answers: one call at a time, and what comes meanwhile goes with the next. The board reads from
/// the ledger what it misses, so what is dropped here, because the board is away for long, costs it time and no points. Used in the turns of its grain.
/// </summary>
internal sealed partial class BoardReporter(
    IBoardGrain board, int shard, LedgerOptions options, LedgerMetrics metrics, TimeProvider clock, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private ImmutableArray<ScoredEntry>.Builder _scored = ImmutableArray.CreateBuilder<ScoredEntry>();
    private long _first;
    private long _last;
    private Task _reporting = Task.CompletedTask;

    public void Report(long first, long last, ImmutableArray<EntryDraft> drafts, ImmutableArray<EntryReceipt> receipts)
    {
        if (last < first)
        {
            return;
        }

        if (_scored.Count >= options.MaxBoardBacklog)
        {
            // The board sees the hole and reads it.
            _scored.Clear();
            _first = 0;
        }

        _first = _first == 0 ? first : _first;
        _last = last;
        for (var i = 0; i < drafts.Length; i++)
        {
            if (receipts[i].Status == EntryStatus.Recorded && drafts[i].Points != 0)
            {
                _scored.Add(new ScoredEntry(drafts[i].Player, drafts[i].Points, drafts[i].Kind == EntryKind.Claim, receipts[i].At));
            }
        }

        if (_reporting.IsCompleted && !_stopping.IsCancellationRequested)
        {
            _reporting = ReportAllAsync();
        }
    }

    /// <summary>Makes no more calls. What was not told the board reads itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reporting;
        _stopping.Dispose();
    }

    private async Task ReportAllAsync()
    {
        var retry = options.BoardRetry;
        while (_first > 0 && !_stopping.IsCancellationRequested)
        {
            var (first, last, scored) = (_first, _last, _scored.DrainToImmutable());
            _first = 0;
            try
            {
                await board.RecordAsync(shard, first, last, scored, _stopping.Token);
                retry = options.BoardRetry;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                metrics.BoardFailed();
                LogBoardFailed(problem, shard, first, last, retry);
                PutBack(first, last, scored);
                await Task.Delay(retry, clock, _stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }
        }
    }

    // In front of what came meanwhile, unless a hole lies between.
    private void PutBack(long first, long last, ImmutableArray<ScoredEntry> scored)
    {
        if (_first == 0)
        {
            (_first, _last) = (first, last);
            _scored.AddRange(scored);
        }
        else if (_first == last + 1)
        {
            var later = _scored;
            _scored = ImmutableArray.CreateBuilder<ScoredEntry>(scored.Length + later.Count);
            _scored.AddRange(scored);
            _scored.AddRange(later);
            _first = first;
        }
    }

    [LoggerMessage(3020, LogLevel.Warning, "Shard {Shard} could not tell the board of the entries {First} to {Last}; it tries again in {Retry}")]
    private partial void LogBoardFailed(Exception problem, int shard, long first, long last, TimeSpan retry);
}
