using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Gateway.Tokens;
using Veltrix.Protocol.Rest;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests;

/// <summary>Operators and players by tokens that others sign: good ones are taken, and every kind of forgery is not.</summary>
public sealed class TokenTests
{
    private static readonly byte[] Shared = SHA256.HashData("a secret of backend and gateway"u8);

    /// <summary>What an attacker may send instead of a good token.</summary>
    public static TheoryData<string> Forgeries =>
    [
        "another audience", "no audience", "another issuer", "no issuer", "expired", "no end", "not yet", "alg none", "alg None", "no signature", "the public key as a secret",
        "a stranger's key", "changed claims", "an empty shared secret", "not a token",
    ];

    [Theory]
    [InlineData("veltrix-viewer", "/v1/system", 200)]
    [InlineData("veltrix-viewer", "/v1/operators/keys", 403)]
    [InlineData("veltrix-admin", "/v1/operators/keys", 200)]
    [InlineData("veltrix", "/v1/system", 403)]
    public async Task Operator_WithAGoodToken_HasTheRoleThatItNames(string role, string address, int status)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForOperatorsAsync(issuer);
        using var ann = host.As(issuer.Sign(issuer.Claims(("roles", new JsonArray("another", role)))));

        using var answer = await ann.GetAsync(address);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Operator_WithoutARole_HearsWhichClaimItLacks()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForOperatorsAsync(issuer);
        using var ann = host.As(issuer.Sign(issuer.Claims()));

        using var answer = await ann.GetAsync("/v1/system");

        Assert.Equal("role-too-small", await RouteTests.CodeOf(answer));
        Assert.Contains("claim roles", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operator_WhoseRolesLieDeeper_IsFoundByAPath()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForOperatorsAsync(issuer, options => options.Oidc.RoleClaim = "realm_access.roles");
        using var ann = host.As(issuer.Sign(issuer.Claims(("realm_access", new JsonObject { ["roles"] = new JsonArray("veltrix-operator") }))));

        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/v1/system")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Operator_WithAForgery_IsNobody(string forgery)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForOperatorsAsync(issuer);
        using var good = host.As(issuer.Sign(issuer.Claims(("roles", "veltrix-admin"))));
        using var eve = host.As(Forge(issuer, forgery, ("roles", "veltrix-admin")));

        Assert.Equal(HttpStatusCode.OK, (await good.GetAsync("/v1/system")).StatusCode);
        using var answer = await eve.GetAsync("/v1/system");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("operator-only", await RouteTests.CodeOf(answer));
    }

    [Fact]
    public async Task Operator_AfterTheIssuerChangedItsKey_IsKnownAtOnceAndByTheOldKeyNoMore()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await StartForOperatorsAsync(issuer, clock: clock);
        var old = issuer.Sign(issuer.Claims(("roles", "veltrix-viewer"), ("exp", TestIssuer.Now + 3600)));
        Assert.Equal(HttpStatusCode.OK, (await host.As(old).GetAsync("/v1/system")).StatusCode);

        clock.Advance(SigningKeys.Pause);
        issuer.Rotate();
        var young = issuer.Sign(issuer.Claims(("roles", "veltrix-viewer"), ("exp", TestIssuer.Now + 3600)));

        Assert.Equal(HttpStatusCode.OK, (await host.As(young).GetAsync("/v1/system")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.As(old).GetAsync("/v1/system")).StatusCode);
        Assert.Equal(2, issuer.Reads);
    }

    [Fact]
    public async Task Operator_WithKeysMadeUp_DoesNotMakeTheGatewayAskWithoutEnd()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var other = await TestIssuer.StartAsync();
        await using var host = await StartForOperatorsAsync(issuer);
        using var good = host.As(issuer.Sign(issuer.Claims(("roles", "veltrix-viewer"))));
        Assert.Equal(HttpStatusCode.OK, (await good.GetAsync("/v1/system")).StatusCode);

        for (var i = 0; i < 5; i++)
        {
            other.Rotate();
            using var eve = host.As(other.Sign(issuer.Claims(("roles", "veltrix-admin"))));
            Assert.Equal(HttpStatusCode.Unauthorized, (await eve.GetAsync("/v1/system")).StatusCode);
        }

        Assert.Equal(1, issuer.Reads);
    }

    [Fact]
    public async Task Operator_WithTheIssuerAway_IsKnownForAnHourAndThenUnclear()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await StartForOperatorsAsync(issuer, clock: clock);
        using var ann = host.As(issuer.Sign(issuer.Claims(("roles", "veltrix-viewer"), ("exp", TestIssuer.Now + 90_000))));
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/v1/system")).StatusCode);
        issuer.IsAway = true;

        clock.Advance(SigningKeys.AtTheMost);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/v1/system")).StatusCode);
        clock.Advance(SigningKeys.Pause);
        using var unclear = await ann.GetAsync("/v1/system");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unclear.StatusCode);
        Assert.Equal("issuer-unavailable", await RouteTests.CodeOf(unclear));

        issuer.IsAway = false;
        clock.Advance(SigningKeys.Pause);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/v1/system")).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Player_WithABackendsToken_JoinsItsHunt(bool shared)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForPlayersAsync(issuer, shared);
        var claims = issuer.Claims(("hunt", new JsonArray("meadow", "harbour")));

        using var joined = await JoinAsync(host, shared ? TestIssuer.Sign(claims, Shared) : issuer.Sign(claims));

        Assert.Equal(HttpStatusCode.Created, joined.StatusCode);
        var answer = System.Text.Json.JsonSerializer.Deserialize(await joined.Content.ReadAsStringAsync(), JoinJson.Default.JoinAnswer)!;
        Assert.Equal(("ann", "harbour"), (answer.Player, answer.Hunt));
        Assert.NotNull(await host.JoinAsync("harbour", "bob"));
    }

    [Theory]
    [InlineData("sub", "a name that is none")]
    [InlineData("sub", null)]
    [InlineData("hunt", "meadow")]
    [InlineData("hunt", "*")]
    [InlineData("hunt", null)]
    public async Task Player_WithATokenForSomethingElse_IsRefused(string claim, string? value)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForPlayersAsync(issuer, shared: false);

        using var joined = await JoinAsync(host, issuer.Sign(issuer.Claims(("hunt", "harbour"), (claim, value))));

        Assert.Equal(HttpStatusCode.Unauthorized, joined.StatusCode);
        Assert.Equal("bad-token", await RouteTests.CodeOf(joined));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Player_WithAForgery_IsRefused(string forgery)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForPlayersAsync(issuer, shared: false);
        Assert.Equal(HttpStatusCode.Created, (await JoinAsync(host, issuer.Sign(issuer.Claims(("hunt", "harbour"))))).StatusCode);

        using var joined = await JoinAsync(host, Forge(issuer, forgery, ("hunt", "harbour")));

        Assert.Equal(HttpStatusCode.Unauthorized, joined.StatusCode);
        Assert.Equal("bad-token", await RouteTests.CodeOf(joined));
    }

    [Fact]
    public async Task Player_WhereASecretIsShared_CannotUseAnotherAlgorithmOrSecret()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForPlayersAsync(issuer, shared: true);
        var claims = issuer.Claims(("hunt", "harbour"));

        foreach (var token in (string[])[issuer.Sign(claims), issuer.Unsigned(claims), TestIssuer.Sign(claims, new byte[32]), TestIssuer.Sign(issuer.Claims(("hunt", "harbour"), ("aud", "another")), Shared)])
        {
            using var joined = await JoinAsync(host, token);
            Assert.Equal(HttpStatusCode.Unauthorized, joined.StatusCode);
        }
    }

    [Fact]
    public async Task Tokens_OfPlayersAndOperators_AreNotTakenForEachOther()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var host = await StartForPlayersAsync(issuer, shared: false);
        using var player = host.As(issuer.Sign(issuer.Claims(("hunt", "harbour"), ("roles", "veltrix-admin"))));

        Assert.Equal(HttpStatusCode.Unauthorized, (await player.GetAsync("/v1/system")).StatusCode);
    }

    [Theory]
    [InlineData("Oidc:Authority", "http://login.example.com", "Audience")]
    [InlineData("Oidc:Audience", null, "Audience")]
    [InlineData("Oidc:RoleClaim", "", "RoleClaim")]
    [InlineData("Oidc:ViewerRole", "veltrix-admin", "ViewerRole")]
    public void Oidc_SettingThatCannotBe_IsRefusedByName(string setting, string? value, string _)
    {
        var options = new GatewayOptions { Secret = Shared };
        (options.Oidc.Authority, options.Oidc.Audience) = ("https://login.example.com", "veltrix");
        Assert.True(new GatewayOptionsValidator().Validate(null, options).Succeeded);
        options.Oidc.GetType().GetProperty(setting[5..])!.SetValue(options.Oidc, value);

        var refused = new GatewayOptionsValidator().Validate(null, options);

        Assert.Contains(setting[5..], Assert.Single(refused.Failures!), StringComparison.Ordinal);
        Assert.Contains("Veltrix:Gateway:Oidc", refused.Failures!.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://game.example.com/keys", "Issuer", null)]
    [InlineData(null, "https://game.example.com/keys", "Audience", null)]
    [InlineData(null, "https://game.example.com/keys", "PlayerClaim", "")]
    [InlineData(null, "http://game.example.com/keys", null, null)]
    [InlineData(null, null, null, null)]
    [InlineData("c2hvcnQ=", null, null, null)]
    [InlineData("change-me", null, null, null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", null, null, null)]
    public void PlayerTokens_SettingThatCannotBe_IsRefusedByNameAndSecretsNotRepeated(string? key, string? url, string? setting, string? value)
    {
        var options = new GatewayOptions
        {
            Secret = Shared,
            PlayerTokens = new PlayerTokenOptions { Issuer = "game", Audience = "veltrix", Key = key, JwksUrl = url },
        };
        if (setting is not null)
        {
            typeof(PlayerTokenOptions).GetProperty(setting)!.SetValue(options.PlayerTokens, value);
        }

        var refused = new GatewayOptionsValidator().Validate(null, options);

        var sentence = Assert.Single(refused.Failures!);
        Assert.Contains("Veltrix:Gateway:PlayerTokens", sentence.Replace("`openssl rand -base64 32`", "Veltrix:Gateway:PlayerTokens", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(key is null || !sentence.Contains(key, StringComparison.Ordinal), sentence);
    }

    private static Task<GatewayHost> StartForOperatorsAsync(TestIssuer issuer, Action<GatewayOptions>? more = null, TimeProvider? clock = null) => GatewayHost.StartAsync(
        options =>
        {
            (options.Oidc.Authority, options.Oidc.Audience) = (issuer.Authority, TestIssuer.Audience);
            more?.Invoke(options);
        },
        clock: clock);

    private static async Task<GatewayHost> StartForPlayersAsync(TestIssuer issuer, bool shared)
    {
        var host = await GatewayHost.StartAsync(options => options.PlayerTokens = new PlayerTokenOptions
        {
            Issuer = issuer.Authority,
            Audience = TestIssuer.Audience,
            Key = shared ? Convert.ToBase64String(Shared) : null,
            JwksUrl = shared ? null : issuer.KeysAddress,
        });
        host.Grains.Run("harbour", new HuntRules());
        return host;
    }

    private static async Task<HttpResponseMessage> JoinAsync(GatewayHost host, string token)
    {
        using var client = host.As(token);
        return await client.PostAsync("/v1/hunts/harbour/sessions", null);
    }

    private static string Forge(TestIssuer issuer, string forgery, (string, JsonNode?) right)
    {
        var good = issuer.Claims(right);
        return forgery switch
        {
            "another audience" => issuer.Sign(issuer.Claims(right, ("aud", "another-service"))),
            "no audience" => issuer.Sign(issuer.Claims(right, ("aud", null))),
            "another issuer" => issuer.Sign(issuer.Claims(right, ("iss", "https://evil.example"))),
            "no issuer" => issuer.Sign(issuer.Claims(right, ("iss", null))),
            "expired" => issuer.Sign(issuer.Claims(right, ("exp", TestIssuer.Now - 31))),
            "no end" => issuer.Sign(issuer.Claims(right, ("exp", null))),
            "not yet" => issuer.Sign(issuer.Claims(right, ("nbf", TestIssuer.Now + 60))),
            "alg none" => issuer.Unsigned(good),
            "alg None" => issuer.Unsigned(good, "None"),
            "no signature" => issuer.Unsigned(good, "RS256"),
            "the public key as a secret" => issuer.SignWithThePublicKeyAsASecret(good),
            "a stranger's key" => issuer.SignAsAStranger(good),
            "changed claims" => Mix(issuer.Sign(issuer.Claims()), issuer.Sign(good)),
            "an empty shared secret" => TestIssuer.Sign(good, []),
            "not a token" => "ey.ey.ey",
            _ => throw new ArgumentOutOfRangeException(nameof(forgery), forgery, "unknown"),
        };
    }

    // The claims of the second under the signature of the first.
    private static string Mix(string signed, string claims) => $"{signed.Split('.')[0]}.{claims.Split('.')[1]}.{signed.Split('.')[2]}";
}
