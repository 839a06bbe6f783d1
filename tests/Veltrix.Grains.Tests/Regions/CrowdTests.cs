using Veltrix.Contracts;
using Veltrix.Grains.Regions;
using Veltrix.World;

namespace Veltrix.Grains.Tests.Regions;

public sealed class CrowdTests
{
    private static readonly PlayerId Ada = new("ada");
    private static readonly SessionId Old = new(Guid.Empty);
    private static readonly SessionId New = new(new Guid(1, 0, 0, new byte[8]));

    [Fact]
    public void Remove_OlderThanTheLastWord_ChangesNothing()
    {
        var crowd = new Crowd();
        crowd.Place(Ada, new OperationId(Old, 5), new Tile(1, 1), 0);

        Assert.False(crowd.Remove(Ada, new OperationId(Old, 4)));
        Assert.True(crowd.Contains(Ada));
        Assert.True(crowd.Remove(Ada, new OperationId(Old, 5)));
    }

    [Fact]
    public void Place_OlderThanTheLastWord_ChangesNothing()
    {
        var crowd = new Crowd();
        crowd.Place(Ada, new OperationId(Old, 5), new Tile(1, 1), 0);

        Assert.False(crowd.Place(Ada, new OperationId(Old, 4), new Tile(2, 2), 0));
        Assert.True(crowd.TryFind(Ada, out var tile) && tile == new Tile(1, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Place_OvertakenByTheDeparture_BringsNobodyBack(bool wasKnown)
    {
        var crowd = new Crowd();
        if (wasKnown)
        {
            crowd.Place(Ada, new OperationId(Old, 5), new Tile(1, 1), 0);
        }

        Assert.Equal(wasKnown, crowd.Remove(Ada, new OperationId(Old, 7)));

        Assert.False(crowd.Place(Ada, new OperationId(Old, 6), new Tile(2, 2), 0));
        Assert.False(crowd.Contains(Ada));
        Assert.Equal(0, crowd.Count);

        // Who turned back at the border comes in as of the command that they left with.
        Assert.True(crowd.Place(Ada, new OperationId(Old, 7), new Tile(3, 3), 0));
        Assert.True(crowd.TryFind(Ada, out var tile) && tile == new Tile(3, 3));
    }

    [Fact]
    public void Place_AfterTheDepartureInANewSession_IsShown()
    {
        var crowd = new Crowd();
        crowd.Remove(Ada, new OperationId(Old, 700));

        Assert.True(crowd.Place(Ada, new OperationId(New, 0), new Tile(1, 1), 0));
    }

    [Fact]
    public void Remove_MoreThanAreRemembered_ForgetsTheOldestDeparture()
    {
        var crowd = new Crowd();
        crowd.Remove(Ada, new OperationId(Old, 7));
        for (var i = 0; i < Crowd.RememberedDepartures; i++)
        {
            Assert.False(crowd.Place(Ada, new OperationId(Old, 6), new Tile(1, 1), 0));
            crowd.Remove(new PlayerId($"p{i}"), new OperationId(Old, 1));
        }

        Assert.True(crowd.Place(Ada, new OperationId(Old, 6), new Tile(1, 1), 0));
    }

    [Fact]
    public void Place_NewerSession_WinsAndOldDepartureIsLate()
    {
        var crowd = new Crowd();
        crowd.Place(Ada, new OperationId(Old, 500), new Tile(1, 1), 0);

        Assert.True(crowd.Place(Ada, new OperationId(New, 0), new Tile(2, 2), 0));
        Assert.False(crowd.Remove(Ada, new OperationId(Old, 900)));
        Assert.True(crowd.TryFind(Ada, out var tile) && tile == new Tile(2, 2));
    }

    [Fact]
    public void RemoveUnheard_SomeWereHeard_KeepsThose()
    {
        var crowd = new Crowd();
        crowd.Place(Ada, new OperationId(Old, 1), new Tile(1, 1), now: 10);
        crowd.Place(new PlayerId("bob"), new OperationId(Old, 1), new Tile(1, 1), now: 20);

        Assert.True(crowd.RemoveUnheard(since: 15, out var gone));
        Assert.Equal(Ada, gone);
        Assert.False(crowd.RemoveUnheard(since: 15, out _));
        Assert.True(crowd.Contains(new PlayerId("bob")));
    }
}
