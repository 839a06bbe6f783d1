namespace Veltrix.Commands.Swarm.Bots;

/// <summary>An acknowledged command that must be in the ledger.</summary>
/// <param name="Sequence">its sequence in the session</param>
/// <param name="Points">a claim's points; 0 for a clue</param>
/// <param name="Treasure">a claim's treasure; -1 for a clue</param>
internal readonly record struct Scored(ulong Sequence, long Points, int Treasure);
