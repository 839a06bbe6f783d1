namespace Veltrix.Commands.Swarm.Reports;

/// <summary>What must hold of a run; what does not is said in a sentence each.</summary>
internal static class Verdict
{
    public static IEnumerable<string> Of(Summary summary, long endedSessions)
    {
        if (summary.Sent == 0)
        {
            yield return "nothing was sent";
        }

        if (summary.Wrong != 0)
        {
            yield return $"{summary.Wrong} answers, standings or entries differ from the swarm's own model";
        }

        if (summary.Unanswered != 0)
        {
            yield return $"{summary.Unanswered} of {summary.Sent} commands were never answered";
        }

        if (endedSessions != 0)
        {
            yield return $"{endedSessions} sessions ended and could not be resumed";
        }

        var ledger = summary.Ledger;
        if (ledger.Entries != ledger.ExpectedEntries)
        {
            yield return $"the ledger has {ledger.Entries} entries where {ledger.ExpectedEntries} belong";
        }

        if (ledger.Points != ledger.ExpectedPoints)
        {
            yield return $"the ledger has {ledger.Points} points where {ledger.ExpectedPoints} belong";
        }

        if (ledger.Duplicates != 0)
        {
            yield return $"{ledger.Duplicates} operations or claims are in the ledger more than once";
        }

        if (ledger.Chain != "ok")
        {
            yield return $"the chain is broken: {ledger.Chain}";
        }
    }
}
