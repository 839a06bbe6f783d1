using Veltrix.Contracts;
using Veltrix.Grains.Tests.Support;

namespace Veltrix.Grains.Tests;

[Collection(ClockCollection.Name)]
public sealed class OperatorKeysGrainTests(MovingCluster moving)
{
    private readonly GrainsCluster _cluster = moving.Cluster;

    [Fact]
    public async Task Add_ThenReactivated_IsKeptInOrderAndARepeatChangesNothing()
    {
        var grain = _cluster.Grains.GetGrain<IOperatorKeysGrain>("kept");
        var (first, second) = (Key("1"), Key("2"));
        Assert.True(await grain.AddAsync(first));
        Assert.True(await grain.AddAsync(second));
        Assert.True(await grain.AddAsync(first with { Name = "another" }));

        await grain.DeactivateAsync();

        Assert.Equal([first, second], await grain.ListAsync());
    }

    [Fact]
    public async Task Revoke_AKey_ForgetsItForEverAndOnlyIt()
    {
        var grain = _cluster.Grains.GetGrain<IOperatorKeysGrain>("revoked");
        await grain.AddAsync(Key("1"));
        await grain.AddAsync(Key("2"));

        Assert.Equal(Key("1"), await grain.RevokeAsync("1"));
        Assert.Null(await grain.RevokeAsync("1"));
        await grain.DeactivateAsync();

        Assert.Equal([Key("2")], await grain.ListAsync());
    }

    [Fact]
    public async Task Add_WhenThereAreTheMost_IsRefusedUntilOneHasExpired()
    {
        var grain = _cluster.Grains.GetGrain<IOperatorKeysGrain>("full");
        await grain.AddAsync(Key("short") with { ExpiresAt = _cluster.Clock.GetUtcNow().AddMinutes(1) });
        for (var i = 1; i < IOperatorKeysGrain.MostKeys; i++)
        {
            Assert.True(await grain.AddAsync(Key($"{i}")));
        }

        Assert.False(await grain.AddAsync(Key("more")));
        _cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await grain.AddAsync(Key("more")));

        var keys = await grain.ListAsync();
        Assert.Equal(IOperatorKeysGrain.MostKeys, keys.Length);
        Assert.DoesNotContain(keys, key => key.Id == "short");
    }

    private static OperatorKey Key(string id) =>
        new(id, "ann", OperatorRole.Viewer, new string('0', 64), new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
