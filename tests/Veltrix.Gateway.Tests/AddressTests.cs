using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.Tests.Support;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests;

/// <summary>What one address may do before anybody knows who it is, and whose word counts for which address it is.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task Requests_OfOneAddress_AreHeldToTheirRateOnEveryRoute()
    {
        var clock = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(options => (options.RequestsPerSecond, options.RequestBurst) = (1, 3), clock: clock);
        foreach (var address in (string[])["/", "/v1/nothing", "/v1/system"])
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, (await host.Http.GetAsync(address)).StatusCode);
        }

        foreach (var address in (string[])["/", "/v1/nothing", "/v1/system", "/v1/hunts", "/health", "/dashboard/", "/sign-in"])
        {
            using var answer = await host.Http.GetAsync(address);
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.Equal("busy", await RouteTests.CodeOf(answer));
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        }

        // Who restarts the process when it does not answer is not held up by a flood.
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/alive")).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Joins_WithGoodTokens_AreNotCounted()
    {
        await using var host = await GatewayHost.StartAsync(
            options => (options.RequestsPerSecond, options.RequestBurst, options.GuestJoinsPerMinute) = (1, 1, 1), clock: new FakeTimeProvider());
        host.Grains.Run("harbour", new HuntRules());
        var credentials = new Credentials(host.Services.GetService(typeof(IOptions<GatewayOptions>)) as IOptions<GatewayOptions> ?? throw new InvalidOperationException());
        for (var i = 0; i < 20; i++)
        {
            using var player = host.As(credentials.PlayerToken(new HuntId("harbour"), new PlayerId($"p{i}"), TimeProvider.System.GetUtcNow().AddHours(1)));
            using var joined = await player.PostAsync("/v1/hunts/harbour/sessions", null);
            Assert.Equal(HttpStatusCode.Created, joined.StatusCode);
        }

        using var eve = host.As("vpl_forged");
        Assert.Equal(HttpStatusCode.Unauthorized, (await eve.PostAsync("/v1/hunts/harbour/sessions", null)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await eve.PostAsync("/v1/hunts/harbour/sessions", null)).StatusCode);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Addresses_OfOneHousehold_ShareARate(string one, string other, bool shared)
    {
        var book = Book(new GatewayOptions { RequestsPerSecond = 1, RequestBurst = 1 });
        Assert.True(book.TryRequest(IPAddress.Parse(one), out _));
        Assert.False(book.TryRequest(IPAddress.Parse(one), out var seconds));

        Assert.Equal(1, seconds);
        Assert.Equal(!shared, book.TryRequest(IPAddress.Parse(other), out _));
    }

    [Fact]
    public void Addresses_WithoutEnd_ShareOneRateAndCostNoMoreMemory()
    {
        var book = Book(new GatewayOptions { RequestsPerSecond = 1, RequestBurst = 10 });
        for (var i = 0; i < AddressBook.MostAddresses; i++)
        {
            Assert.True(book.TryRequest(new IPAddress(0x0A00_0000L + i), out _));
        }

        var taken = Enumerable.Range(0, 1000).Count(i => book.TryRequest(new IPAddress(0x0B00_0000L + i), out _));

        Assert.Equal(10, taken);
        Assert.Equal(AddressBook.MostAddresses, book.Count);
    }

    [Fact]
    public async Task Proxy_ThatIsTrusted_SpeaksForItsClients()
    {
        await using var host = await GatewayHost.StartAsync(
            options => (options.RequestsPerSecond, options.RequestBurst, options.TrustedProxies) = (1, 1, ["127.0.0.0/8", "::1"]), clock: new FakeTimeProvider());

        Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "203.0.113.7"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.8"));

        // What a client wrote into the header before the proxy did is not believed.
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "198.51.100.1, 203.0.113.8"));
    }

    [Fact]
    public async Task Proxy_WhenNoneIsTrusted_SpeaksForNobody()
    {
        await using var host = await GatewayHost.StartAsync(options => (options.RequestsPerSecond, options.RequestBurst) = (1, 1), clock: new FakeTimeProvider());

        Assert.Equal(HttpStatusCode.OK, await FromAsync(host, "203.0.113.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync(host, "203.0.113.8"));
    }

    [Theory]
    [InlineData("ingress")]
    [InlineData("10.0.0.0/33")]
    [InlineData("")]
    public void TrustedProxies_ThatAreNoAddresses_AreRefusedByName(string proxy)
    {
        var options = new GatewayOptions { Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)], TrustedProxies = [proxy] };

        Assert.StartsWith("TrustedProxies holds", Assert.Single(new GatewayOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> FromAsync(GatewayHost host, string forwarded)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/hunts");
        request.Headers.Add("X-Forwarded-For", forwarded);
        using var answer = await host.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static AddressBook Book(GatewayOptions options) => new(new FakeTimeProvider(), Options.Create(options));
}
