namespace Veltrix.Contracts;

/// <summary>A grain that can go on at another silo with all that it knows: who calls it meanwhile waits some milliseconds.</summary>
[Alias("veltrix.IMovable")]
public interface IMovable : IGrain
{
    /// <summary>
    /// Asked by its silo, which stops: to go on where <see cref="ISpread.Leave"/> says, once the calls that are under way are done. At a silo that does not stop
    /// nothing happens.
    /// </summary>
    /// <returns>whether it goes: then the next call is answered there. One that knows nothing may end instead.</returns>
    [Alias("Leave")]
    ValueTask<bool> LeaveAsync();
}
