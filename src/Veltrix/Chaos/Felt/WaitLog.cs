using System.Globalization;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Chaos.Felt;

/// <summary>
/// A line for each answer that a player waited long for, written when it came, among what the processes said at that moment. The tables tell how long the longest
/// wait was; this tells whose it was, so that its cause can be looked for.
/// </summary>
/// <param name="write">takes a log's name and a line for it</param>
internal sealed class WaitLog(Action<string, string> write)
{
    public const string Name = "waits";

    /// <summary>What counts as long: the most that the orderly stop of a process is meant to cost a player.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMilliseconds(500);

    /// <summary>While the database is away everybody waits, and the first thousands of lines say all that there is to say.</summary>
    public const int Most = 20_000;

    private int _written;

    /// <summary>Takes an answer. From any thread; quick answers cost a comparison.</summary>
    /// <param name="player">the player's number</param>
    /// <param name="sequence">the command's sequence</param>
    /// <param name="asked">the command</param>
    /// <param name="arrived">when the answer arrived, on the swarm's clock</param>
    /// <param name="owedTo">the stretch of time that the wait belongs to; null in the warm-up</param>
    public void Answered(int player, ulong sequence, in Pending asked, long arrived, Phase? owedTo)
    {
        var wait = (arrived - asked.Due) / Nanoseconds.PerMillisecond;
        if (wait < Long.TotalMilliseconds || Interlocked.Increment(ref _written) > Most)
        {
            return;
        }

        write(Name, string.Create(CultureInfo.InvariantCulture, $"player {player} #{sequence} {asked}: {wait} ms, {owedTo?.Name ?? "warm-up"}"));
    }
}
