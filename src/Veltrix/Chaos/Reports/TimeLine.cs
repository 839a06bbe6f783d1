using Veltrix.Commands.Chaos.Felt;

namespace Veltrix.Commands.Chaos.Reports;

/// <summary>Something that happened to the cluster.</summary>
/// <param name="At">seconds after measuring began</param>
/// <param name="Name">what, in the words of the phases</param>
/// <param name="Whom">to which process; empty for the database</param>
/// <param name="Phase">what players felt of it</param>
internal sealed record Happening(double At, string Name, string Whom, Phase Phase)
{
    /// <summary>How it ended; empty when there is nothing to say.</summary>
    public string Note { get; set; } = "";
}

/// <summary>A grain that was deactivated.</summary>
internal sealed record GrainHappening(double At, string Grain);

/// <summary>What was done in a run, in its order. Filled by several threads.</summary>
internal sealed class TimeLine
{
    private readonly Lock _gate = new();
    private readonly List<Happening> _happenings = [];
    private readonly List<GrainHappening> _grains = [];
    private readonly List<string> _faults = [];

    public IReadOnlyList<Happening> Happenings => Copy(_happenings);

    public IReadOnlyList<GrainHappening> Grains => Copy(_grains);

    /// <summary>What the cluster's processes did that they must not, in sentences.</summary>
    public IReadOnlyList<string> Faults => Copy(_faults);

    /// <summary>Grains that were due and could not be deactivated.</summary>
    public int MissedGrains { get; private set; }

    public void Add(Happening happening) => Append(_happenings, happening);

    public void Add(GrainHappening grain) => Append(_grains, grain);

    public void Fault(string sentence) => Append(_faults, sentence);

    public void MissGrain()
    {
        lock (_gate)
        {
            MissedGrains++;
        }
    }

    private void Append<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
