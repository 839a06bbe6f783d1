using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.SignIn;
using Veltrix.Gateway.Tests.Support;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests;

/// <summary>Operators at a browser: a cookie that any gateway takes, for reading, as long as its key is good.</summary>
public sealed class SignInTests
{
    private static FormUrlEncodedContent Viewer => Form(GatewayHost.ViewerKey);

    [Fact]
    public async Task SignIn_WithAKey_MakesACookieThatScriptsAndOtherSitesCannotUse()
    {
        await using var host = await GatewayHost.StartAsync();
        using var browser = new Browser(host);

        using var answer = await browser.PostAsync("/sign-in", Viewer);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/dashboard/", answer.Headers.Location!.OriginalString);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; max-age=43200", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(GatewayHost.ViewerKey, cookie, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/system")).StatusCode);
        Assert.Contains("role viewer", await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_AtAnotherGatewayOfTheCluster_IsGood()
    {
        await using var here = await GatewayHost.StartAsync();
        await using var there = await GatewayHost.StartAsync(grains: here.Grains);
        await using var stranger = await GatewayHost.StartAsync(options => options.Secret = new byte[32], here.Grains);
        using var browser = new Browser(here);
        using var signed = await browser.PostAsync("/sign-in", Viewer);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/system", there)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/system", stranger)).StatusCode);
    }

    [Theory]
    [InlineData("vop_wrong", 401, "unknown, revoked or expired")]
    [InlineData("", 401, "unknown, revoked or expired")]
    [InlineData("<script>alert(1)</script>", 401, "unknown, revoked or expired")]
    public async Task SignIn_WithABadKey_ShowsThePageAgainAndSaysSo(string key, int status, string says)
    {
        await using var host = await GatewayHost.StartAsync();
        using var browser = new Browser(host);

        using var answer = await browser.PostAsync("/sign-in", Form(key));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\" action=\"/sign-in\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Cookie_AfterTwelveHours_IsNoGood()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await GatewayHost.StartAsync(clock: clock);
        using var browser = new Browser(host);
        using var signed = await browser.PostAsync("/sign-in", Viewer);

        clock.Advance(SignIns.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/system")).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/system")).StatusCode);
    }

    [Fact]
    public async Task Cookie_OfARevokedKey_IsNoGood()
    {
        await using var host = await GatewayHost.StartAsync();
        var made = await KeyTests.MakeAsync(host, new { name = "ann & <b>", role = "operator" });
        using var browser = new Browser(host);
        using var signed = await browser.PostAsync("/sign-in", Form(made.GetProperty("key").GetString()!));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/v1/system")).StatusCode);
        Assert.Contains("ann &amp; &lt;b&gt;", await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var revoked = await host.Operator.DeleteAsync($"/v1/operators/keys/{made.GetProperty("id").GetString()}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/system")).StatusCode);
    }

    [Fact]
    public async Task SignOut_AtTheBrowser_TakesTheCookieAway()
    {
        await using var host = await GatewayHost.StartAsync();
        using var browser = new Browser(host);
        using var signed = await browser.PostAsync("/sign-in", Viewer);

        using var answer = await browser.PostAsync("/sign-out", null);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/system")).StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/hunts/harbour/end", null, null)]
    [InlineData("POST", "/v1/operators/keys", null, null)]
    [InlineData("GET", "/v1/system", "Origin", "http://evil.example")]
    [InlineData("GET", "/v1/system", "Origin", "null")]
    [InlineData("GET", "/v1/system", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/v1/system", "Sec-Fetch-Site", "same-site")]
    public async Task Cookie_InARequestThatChangesOrComesFromAnotherSite_DoesNotCount(string method, string address, string? header, string? value)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        using var browser = new Browser(host);
        using var signed = await browser.PostAsync("/sign-in", Form(GatewayHost.Key));
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (header is not null)
        {
            request.Headers.Add(header, value);
        }

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, host.Grains.Hunts["harbour"].Ends);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    public async Task Form_SentByAnotherSite_IsRefused(string address)
    {
        await using var host = await GatewayHost.StartAsync();
        using var browser = new Browser(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Viewer };
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("foreign-page", await RouteTests.CodeOf(answer));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Cookie_OfAViewer_WatchesAHuntWithoutSpectatorsFromTheOwnPageOnly()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour", new HuntRules { Spectators = false });
        using var browser = new Browser(host);
        using var signed = await browser.PostAsync("/sign-in", Viewer);

        using var own = await browser.WatchAsync("harbour", host.Address.GetLeftPart(UriPartial.Authority));

        Assert.Equal(WebSocketState.Open, own.State);
        await Assert.ThrowsAsync<WebSocketException>(() => browser.WatchAsync("harbour", "http://evil.example"));
    }

    [Fact]
    public async Task Dashboard_AtABrowserWithoutACookie_LeadsToTheSignIn()
    {
        await using var host = await GatewayHost.StartAsync();
        using var browser = new Browser(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard/");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml");

        using var person = await browser.SendAsync(request);
        using var program = await browser.GetAsync("/dashboard/");

        Assert.Equal("/sign-in", person.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, program.StatusCode);
    }

    private static FormUrlEncodedContent Form(string key) => new([new KeyValuePair<string, string>("key", key)]);

    /// <summary>What keeps cookies and follows no redirect.</summary>
    private sealed class Browser(GatewayHost host) : IDisposable
    {
        private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };

        private HttpClient Http => field ??= new HttpClient(_handler) { BaseAddress = host.Address };

        public Task<HttpResponseMessage> PostAsync(string address, HttpContent? content) => Http.PostAsync(address, content);

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Http.SendAsync(request);

        // A browser's cookies are a host's, whatever the port, as those of a cookie container are not.
        public Task<HttpResponseMessage> GetAsync(string address, GatewayHost? other = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri((other ?? host).Address, address));
            if (other is not null)
            {
                request.Headers.Add("Cookie", _handler.CookieContainer.GetCookieHeader(host.Address));
            }

            return Http.SendAsync(request);
        }

        public async Task<ClientWebSocket> WatchAsync(string hunt, string origin)
        {
            var socket = new ClientWebSocket();
            socket.Options.Cookies = _handler.CookieContainer;
            socket.Options.SetRequestHeader("Origin", origin);
            await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/v1/hunts/{hunt}/live" }.Uri, TestContext.Current.CancellationToken);
            return socket;
        }

        public void Dispose()
        {
            Http.Dispose();
            _handler.Dispose();
        }
    }
}
