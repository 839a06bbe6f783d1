using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>Where the processes of a run live, and how they reach each other, their players and the database.</summary>
internal interface ITestNetwork : IAsyncDisposable
{
    /// <summary>How the cluster's processes reach the database, with its password.</summary>
    string Database { get; }

    /// <summary>Whether links can be cut here.</summary>
    bool CanCut { get; }

    Spot SpotOf(Victim who);

    /// <summary>Takes a process's link away: nobody reaches it, and it reaches nobody.</summary>
    Task CutAsync(Victim who);

    /// <summary>Gives the link back.</summary>
    Task HealAsync(Victim who);

    /// <summary>Swallows what a silo sends to the other silos. Gateways and the database are reached as before.</summary>
    Task PartAsync(Victim silo);

    /// <summary>Lets the silo reach the others again.</summary>
    Task RejoinAsync(Victim silo);
}
