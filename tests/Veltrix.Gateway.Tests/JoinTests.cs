using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.Tests.Support;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests;

public sealed class JoinTests
{
    [Fact]
    public async Task Join_WithAToken_GivesAllThatAClientNeeds()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");

        var joined = await host.JoinAsync("harbour", "ann");

        Assert.Equal(("harbour", "ann"), (joined.Hunt, joined.Player));
        Assert.Equal(32, Convert.FromBase64String(joined.Key).Length);
        Assert.Equal(32, joined.Session.Length);
        Assert.Equal((128, 128), (joined.Map.Width, joined.Map.Height));
        Assert.Equal("running", joined.State);
        Assert.InRange(joined.Token.Length, 1, 512);
    }

    [Fact]
    public async Task Join_Guest_GetsTheNameUnlessSomebodyHadIt()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        await host.JoinAsync("harbour", "ann");

        using var taken = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "ann" });
        using var free = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "bob" });

        Assert.Equal("name-taken", await RouteTests.CodeOf(taken));
        Assert.Equal(HttpStatusCode.Created, free.StatusCode);
    }

    [Fact]
    public async Task Join_GrainDoesNotAnswer_IsMadeAgainAsTheSameSession()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var grain = (FakePlayer)host.Grains.Player(new HuntId("harbour"), new PlayerId("bob"));
        grain.FailBefore(new TimeoutException());
        grain.FailAfter(new TimeoutException());

        using var answer = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "bob" });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var joined = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("session").GetString();
        Assert.Equal(grain.Session!.Value.ToString(), joined);
    }

    [Fact]
    public async Task Join_SiloHasNoRoom_IsToldToTheClientAtOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var grain = (FakePlayer)host.Grains.Player(new HuntId("harbour"), new PlayerId("bob"));
        grain.FailBefore(new LimitExceededException("full"));

        using var answer = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "bob" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Null(grain.Session);
    }

    [Fact]
    public async Task Join_HuntWithoutGuests_WantsAToken()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("closed", new HuntRules());

        using var refused = await host.Http.PostAsJsonAsync("/v1/hunts/closed/sessions", new { player = "bob" });

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("guests-not-allowed", await RouteTests.CodeOf(refused));
    }

    [Fact]
    public async Task Join_TokenThatIsNotGood_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        host.Grains.Run("other");
        var credentials = host.Services.GetRequiredService<Credentials>();
        var now = TimeProvider.System.GetUtcNow();
        var good = credentials.PlayerToken(new HuntId("harbour"), new PlayerId("ann"), now.AddHours(1));
        string[] bad =
        [
            credentials.PlayerToken(new HuntId("other"), new PlayerId("ann"), now.AddHours(1)),
            credentials.PlayerToken(new HuntId("harbour"), new PlayerId("ann"), now.AddSeconds(-1)),
            credentials.ResumeToken(new Seat(new HuntId("harbour"), new PlayerId("ann"), SessionId.Draw(DateTimeOffset.UnixEpoch))),
            good[..^1] + (good[^1] == 'A' ? 'B' : 'A'),
            good[..20],
            "vpl_",
            "x",
            GatewayHost.Key,
        ];

        foreach (var token in bad)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/hunts/harbour/sessions");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await host.Http.SendAsync(request);
            Assert.Equal("bad-token", await RouteTests.CodeOf(answer));
        }

        Assert.DoesNotContain("harbour/ann", host.Grains.Players.Keys);
    }

    [Fact]
    public async Task Join_TooManyGuestsOfOneAddress_WaitWhileTokensStillJoin()
    {
        await using var host = await GatewayHost.StartAsync(options => options.GuestJoinsPerMinute = 3);
        host.Grains.Run("harbour");
        for (var i = 0; i < 3; i++)
        {
            using var joined = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = $"guest{i}" });
            Assert.Equal(HttpStatusCode.Created, joined.StatusCode);
        }

        using var refused = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "guest4" });

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("busy", await RouteTests.CodeOf(refused));
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        await host.JoinAsync("harbour", "ann");
    }

    [Fact]
    public async Task Join_FullGateway_SaysWhenToTryAgain()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxSessions = 1);
        host.Grains.Run("harbour");
        await host.JoinAsync("harbour", "ann");

        using var refused = await host.Http.PostAsJsonAsync("/v1/hunts/harbour/sessions", new { player = "bob" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("busy", await RouteTests.CodeOf(refused));
    }

    [Fact]
    public async Task Tokens_ForManyNames_AreMadeInOrder()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        var names = Enumerable.Range(0, 10_000).Select(i => $"player{i}").ToArray();

        using var granted = await host.Operator.PostAsJsonAsync("/v1/hunts/harbour/tokens", new { players = names });
        using var tooMany = await host.Operator.PostAsJsonAsync("/v1/hunts/harbour/tokens", new { players = names.Append("more") });
        using var badName = await host.Operator.PostAsJsonAsync("/v1/hunts/harbour/tokens", new { players = new[] { "ann", "b b" } });
        using var past = await host.Operator.PostAsJsonAsync("/v1/hunts/harbour/tokens", new { players = new[] { "ann" }, expiresAt = "2001-01-01T00:00:00Z" });

        var tokens = (await granted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("tokens").EnumerateArray().ToArray();
        Assert.Equal(names, tokens.Select(token => token.GetProperty("player").GetString()));
        Assert.Equal("bad-request", await RouteTests.CodeOf(tooMany));
        Assert.Equal("bad-name", await RouteTests.CodeOf(badName));
        Assert.Equal("bad-request", await RouteTests.CodeOf(past));
    }
}
