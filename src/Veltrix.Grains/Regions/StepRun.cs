using System.Runtime.InteropServices;
using Veltrix.World;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Regions;

/// <summary>One request on its way through a region: how far it got, and which of its steps wait for the ledger.</summary>
internal sealed class StepRun(RegionRequest request)
{
    public RegionRequest Request { get; } = request;

    public StepOutcome[] Outcomes { get; } = new StepOutcome[request.Steps.Length];

    /// <summary>The step to be played next.</summary>
    public int Next { get; set; }

    /// <summary>The steps that wait for the ledger, in order; null when none does.</summary>
    public PendingSteps? Waiting { get; set; }

    /// <summary>Lets the step that is played wait for the ledger.</summary>
    public void Wait(EntryDraft draft, in DigVerdict verdict) => (Waiting ??= []).Add(new PendingStep(Next, draft, verdict.Treasure));

    /// <summary>Whether a dig in a tile waits.</summary>
    public bool WaitsFor(Tile tile)
    {
        foreach (var pending in Waiting ?? [])
        {
            if (pending.Draft.Kind == EntryKind.Claim && pending.Draft.Tile == tile)
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="Step">the step's index in its request</param>
/// <param name="Draft">what is to be recorded</param>
/// <param name="Treasure">what is claimed, for a claim</param>
internal readonly record struct PendingStep(int Step, EntryDraft Draft, Treasure Treasure);

/// <summary>Steps that go to the ledger in one call.</summary>
internal sealed class PendingSteps : List<PendingStep>
{
    public PendingSteps()
        : base(1)
    {
    }

    public ImmutableArray<EntryDraft> Drafts()
    {
        var drafts = new EntryDraft[Count];
        for (var i = 0; i < drafts.Length; i++)
        {
            drafts[i] = this[i].Draft;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(drafts);
    }
}
