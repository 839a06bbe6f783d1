using Veltrix.Protocol;

namespace Veltrix.Client.Tests;

public sealed class JoinTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_WithATokenOrAsAGuest_GivesASessionThatPlays()
    {
        var cluster = new FakeCluster();
        await using var gateway = await FakeGateway.StartAsync(cluster);
        using var client = new VeltrixClient(gateway.Address);
        Assert.Equal("ann", (await client.JoinAsync("harbour", "ann-token", Ended)).Player);
        var bob = await client.JoinAsGuestAsync("harbour", "bob", Ended);
        Assert.Equal("bob", bob.Player);
        await using var session = await client.PlayAsync(bob, cancellationToken: Ended);
        Assert.Equal(ResultCode.Ok, (await session.SendAsync(Command.Where, Ended)).Result);
    }

    [Theory]
    [InlineData("harbour", 401, "bad-token")]
    [InlineData("other", 404, "no-such-hunt")]
    public async Task Join_Refused_SaysWhy(string hunt, int status, string code)
    {
        await using var gateway = await FakeGateway.StartAsync(new FakeCluster());
        using var client = new VeltrixClient(gateway.Address);
        var e = await Assert.ThrowsAsync<JoinRefusedException>(() => client.JoinAsync(hunt, "wrong", Ended));
        Assert.Equal((status, code, "No.", TimeSpan.FromSeconds(7)), (e.Status, e.Code, e.Message, e.RetryAfter));
    }
}
