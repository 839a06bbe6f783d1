using Veltrix.Commands.Chaos.Deeds;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class GrainHunterTests
{
    private static readonly GrainId[] Living =
    [
        GrainId.Create("player", "picnic/bob"), GrainId.Create("player", "picnic/ann"), GrainId.Create("player", "picnics/eve"), GrainId.Create("region", "picnic/3"),
        GrainId.Create("hunt", "picnic"), GrainId.Create("hunt", "other"), GrainId.Create("player", "picnic/bob"),
    ];

    [Theory]
    [InlineData("player", 0, "player/picnic/ann")]
    [InlineData("player", 1, "player/picnic/bob")]
    [InlineData("player", 2, "player/picnic/ann")]
    [InlineData("region", ulong.MaxValue, "region/picnic/3")]
    [InlineData("hunt", 7, "hunt/picnic")]
    [InlineData("board", 7, null)]
    public void Choose_OfTheHuntsOwn_IsDecidedByTheDraw(string type, ulong draw, string? chosen)
    {
        var deed = new GrainDeed(TimeSpan.Zero, type, draw);

        Assert.Equal(chosen, GrainHunter.Choose(Living, deed, "picnic")?.ToString());
        Assert.Equal(chosen, GrainHunter.Choose(Living.Reverse(), deed, "picnic")?.ToString());
    }
}
