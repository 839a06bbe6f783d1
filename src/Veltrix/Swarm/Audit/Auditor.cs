using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Commands.Swarm.Reports;

namespace Veltrix.Commands.Swarm.Audit;

/// <summary>After a run: reads the ledger and the board, and holds both against what the bots were told.</summary>
internal static class Auditor
{
    /// <summary>How long the board may take to include every entry of the ledger.</summary>
    private static readonly TimeSpan BoardTime = TimeSpan.FromSeconds(15);

    /// <summary>How long reading the ledger may take.</summary>
    private static readonly TimeSpan LedgerTime = TimeSpan.FromMinutes(5);

    public static async Task<LedgerSummary> AuditAsync(
        OperatorApi operating, PreparedHunt hunt, Bot[] bots, RunRecord record, TimeProvider time)
    {
        try
        {
            using var limit = new CancellationTokenSource(LedgerTime, time);
            using var audit = new LedgerAudit(hunt.Model, bots);
            await foreach (var entry in operating.LedgerAsync(hunt.Id, limit.Token))
            {
                audit.Add(entry);
            }

            var ledger = audit.Finish();
            record.Wrong(audit.Differences, audit.Findings);
            foreach (var witness in hunt.Model.Treasury.Unexplained())
            {
                record.Wrong(witness);
            }

            await BoardAsync(operating, hunt, bots, ledger, record, time);
            return ledger;
        }
        catch (Exception failed) when (failed is OperatorException or HttpRequestException or IOException or OperationCanceledException)
        {
            return new LedgerSummary(0, 0, bots.Sum(bot => (long)bot.Scored.Count), 0, 0, $"the ledger could not be read: {failed.Message}");
        }
    }

    private static async Task BoardAsync(
        OperatorApi operating, PreparedHunt hunt, Bot[] bots, LedgerSummary ledger, RunRecord record, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(BoardTime, time);
        try
        {
            var board = await operating.BoardAsync(hunt.Id, ledger.Entries, time, limit.Token);
            BoardCheck.Run(board, bots, record.Wrong);
        }
        catch (OperationCanceledException)
        {
            record.Wrong($"the board did not include all {ledger.Entries} entries of the ledger within {BoardTime.TotalSeconds:F0} s");
        }
    }
}
