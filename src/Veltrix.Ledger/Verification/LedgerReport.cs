namespace Veltrix.Ledger.Verification;

/// <summary>What a check of the ledger came to.</summary>
/// <param name="Hunts">hunts that were checked</param>
/// <param name="Shards">their chains</param>
/// <param name="Entries">their entries</param>
/// <param name="Points">the sum of all points</param>
/// <param name="Players">players with a standing</param>
/// <param name="Erased">entries whose text was erased</param>
/// <param name="Problem">the first thing that is wrong; null when all holds</param>
public sealed record LedgerReport(
    int Hunts, int Shards, long Entries, long Points, int Players, long Erased, LedgerProblem? Problem);

/// <summary>Something that does not hold.</summary>
/// <param name="Hunt">in which hunt, where it can be said</param>
/// <param name="Shard">in which shard, where it can be said</param>
/// <param name="Position">at which position, where it can be said</param>
/// <param name="What">what differs, in a sentence</param>
public sealed record LedgerProblem(HuntId? Hunt, int? Shard, long? Position, string What)
{
    public override string ToString()
    {
        var place = string.Concat(
            Hunt is { } hunt ? $"hunt {hunt}" : "ledger",
            Shard is { } shard ? $", shard {shard}" : "",
            Position is { } position ? $", position {position}" : "");
        return $"{place}: {What}";
    }
}
