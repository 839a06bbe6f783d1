using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>Sends every grain that asks to the silo that a test names; to nowhere as long as it names none.</summary>
public sealed class TestSpread
{
    public SiloAddress? Target { get; set; }

    public ISpread At(ILocalSiloDetails silo) => new Here(this, silo);

    private sealed class Here(TestSpread all, ILocalSiloDetails silo) : ISpread
    {
        public bool Rests => all.Target is null;

        public SiloAddress? Settle(double place) => all.Target?.Equals(silo.SiloAddress) == false ? all.Target : null;

        public SiloAddress? Follow(double place) => Settle(place);

        public SiloAddress? Leave(double place) => Settle(place);
    }
}
