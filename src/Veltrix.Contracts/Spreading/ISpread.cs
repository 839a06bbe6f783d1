namespace Veltrix.Contracts;

/// <summary>
/// Says where the grains of this silo had better be, so that what talks to each other lies together and every silo has its share. A place is a number
/// from 0 to 1 (1 excluded): the silos share that line evenly among them, and what is near each other on it is mostly on one silo.
/// An answer is meant to be followed: it counts against what the silo moves at a time.
/// </summary>
public interface ISpread
{
    /// <summary>Whether nothing has to move: there is one silo, or it is unknown how many there are. Cheap enough to be asked for every frame.</summary>
    bool Rests { get; }

    /// <summary>For grains that others gather around, such as regions and ledger shards: they belong to the silo that has their place.</summary>
    /// <returns>the silo to move to; null to stay</returns>
    SiloAddress? Settle(double place);

    /// <summary>For grains that gather around others, such as players: they belong there too, as long as that silo has room.</summary>
    /// <returns>the silo to move to; null to stay</returns>
    SiloAddress? Follow(double place);

    /// <summary>For every grain of a silo that stops: where to go on.</summary>
    /// <returns>the silo to move to; null where this one does not stop, or no other is left</returns>
    SiloAddress? Leave(double place);
}

/// <summary>For a silo that is alone.</summary>
public sealed class NoSpread : ISpread
{
    public bool Rests => true;

    public SiloAddress? Settle(double place) => null;

    public SiloAddress? Follow(double place) => null;

    public SiloAddress? Leave(double place) => null;
}
