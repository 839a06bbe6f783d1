using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Swarm;

/// <summary>Looks on while a swarm plays, and may have a hand in what it plays against. Times are those of the swarm's clock.</summary>
internal interface ISwarmWatch
{
    /// <summary>All players are connected, and sending begins.</summary>
    /// <param name="hunt">the hunt that they play</param>
    /// <param name="clock">the swarm's clock</param>
    /// <param name="measured">when the warm-up will be over</param>
    void Begin(string hunt, ISwarmClock clock, long measured);

    /// <summary>A player has the answer to a command. Called for every answer, from any thread: it must be quick.</summary>
    void Answered(int player, ulong sequence, in Pending asked, long arrived);

    /// <summary>A player has no answer to a command, and the swarm waits no longer.</summary>
    void Unanswered(long due, long now);

    /// <summary>Nothing more is sent. What has no answer yet is waited for, and the ledger is read, after this.</summary>
    Task EndAsync();
}
