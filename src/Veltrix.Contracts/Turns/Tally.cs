using System.Numerics;

namespace Veltrix.Contracts;

/// <summary>
/// Counters for what happens with every command: each processor counts in memory of its own, and who exports adds up. Counting one takes about 5 ns, where an
/// instrument with two tags, which has to be looked up in the exporter's table, takes 100 to 200 ns.
/// </summary>
public sealed class Tally
{
    // Two processors never write to one cache line.
    private const int Padding = 16;

    private readonly long[][] _stripes = new long[Math.Min(64, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))][];

    /// <param name="cells">how many things are counted</param>
    public Tally(int cells)
    {
        Cells = cells;
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new long[cells + (2 * Padding)];
        }
    }

    public int Cells { get; }

    public void Add(int cell, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell, (uint)Cells);
        Interlocked.Add(ref _stripes[Thread.GetCurrentProcessorId() & (_stripes.Length - 1)][Padding + cell], count);
    }

    public long Read(int cell)
    {
        long sum = 0;
        foreach (var stripe in _stripes)
        {
            sum += Volatile.Read(ref stripe[Padding + cell]);
        }

        return sum;
    }
}
