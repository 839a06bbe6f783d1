namespace Veltrix.Ledger.Verification;

/// <summary>The board's order: more points first; of equal points, who reached them earlier; then the name that is smaller byte by byte.</summary>
public sealed class StandingOrder : IComparer<PlayerTotal>
{
    public static StandingOrder Instance { get; } = new();

    public int Compare(PlayerTotal x, PlayerTotal y)
    {
        var byPoints = y.Points.CompareTo(x.Points);
        var byTime = byPoints != 0 ? byPoints : x.ReachedAt.CompareTo(y.ReachedAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(x.Player.Value, y.Player.Value);
    }
}
