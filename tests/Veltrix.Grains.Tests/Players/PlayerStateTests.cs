using Veltrix.Contracts;
using Veltrix.Grains.Players;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Players;

public sealed class PlayerStateTests
{
    private static readonly PlayerState Known = new(new SessionId(Guid.Empty), 10, new Tile(3, 4), Left: false);

    [Fact]
    public void Adopt_WhatIsKnown_ChangesNothing() => Assert.Equal(Known, Known.Adopt(new Standpoint(10, new Tile(9, 9)), 10));

    [Fact]
    public void Adopt_OlderStandpoint_ChangesNothing() => Assert.Equal(Known, Known.Adopt(new Standpoint(4, new Tile(9, 9)), 2));

    [Fact]
    public void Adopt_NewerStandpoint_GoesOnFromThere() =>
        Assert.Equal(Known with { Applied = 12, Tile = new Tile(9, 9) }, Known.Adopt(new Standpoint(12, new Tile(9, 9)), 11));

    [Fact]
    public void Adopt_ClientHasMore_SpendsTheSequencesAndStaysInPlace() =>
        Assert.Equal(Known with { Applied = 15 }, Known.Adopt(null, 15));

    [Fact]
    public void Adopt_ClientClaimsWhatCannotBe_IsRefused() => Assert.Null(Known.Adopt(null, 11 + PlayerState.MostAhead));
}
