namespace Veltrix.Grains.Hunts;

/// <summary>What is stored of a hunt. Fields are only ever added.</summary>
[GenerateSerializer, Alias("veltrix.hunt-state")]
internal sealed class HuntState
{
    /// <summary>What the organiser asked for, word for word: a repeat is known by it. Null before the hunt was created.</summary>
    [Id(0)]
    public HuntDraft? Asked { get; set; }

    /// <summary>The hunt as it is now.</summary>
    [Id(1)]
    public HuntDefinition? Definition { get; set; }

    /// <summary>Whether every shard of the ledger is sealed.</summary>
    [Id(2)]
    public bool Sealed { get; set; }
}
