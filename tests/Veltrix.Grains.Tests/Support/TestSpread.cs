using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Sends every grain that asks to the silo that a test names; to nowhere as long as it names none.</summary>
public sealed class TestSpread
{
    /// <summary>Where grains go of their own accord.</summary>
    public SiloAddress? Target { get; set; }

    /// <summary>Where grains go whose silo stops.</summary>
    public SiloAddress? Refuge { get; set; }

    public ISpread At(ILocalSiloDetails silo) => new Here(this, silo);

    private sealed class Here(TestSpread all, ILocalSiloDetails silo) : ISpread
    {
        public bool Rests => all.Target is null;

        public SiloAddress? Settle(double place) => IfElsewhere(all.Target);

        public SiloAddress? Follow(double place) => IfElsewhere(all.Target);

        public SiloAddress? Leave(double place) => IfElsewhere(all.Refuge);

        private SiloAddress? IfElsewhere(SiloAddress? target) => target?.Equals(silo.SiloAddress) == false ? target : null;
    }
}
