namespace Veltrix.Ledger.Postgres;

/// <summary>Until when something may take.</summary>
internal readonly struct Deadline(TimeProvider clock, TimeSpan limit)
{
    private readonly long _began = clock.GetTimestamp();

    /// <summary>What is left; never less than zero.</summary>
    public TimeSpan Left => limit - Spent is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    public TimeSpan Spent => clock.GetElapsedTime(_began);

    /// <summary>What is left, as a command's limit is given: at least 1, as 0 would mean for ever.</summary>
    public int SecondsLeft => Math.Max(1, (int)Math.Ceiling(Left.TotalSeconds));
}
