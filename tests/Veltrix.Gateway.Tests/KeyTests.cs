using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Tests.Support;

namespace Veltrix.Gateway.Tests;

/// <summary>Operators' keys: made, listed, shared by gateways, revoked.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task Key_MadeByAnAdmin_IsShownOnceAndGoodForItsRole()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");

        var made = await MakeAsync(host, new { name = "Grafana", role = "viewer" });
        using var viewer = host.As(made.GetProperty("key").GetString()!);
        using var read = await viewer.GetAsync("/v1/hunts/harbour/ledger");
        using var written = await viewer.PostAsync("/v1/hunts/harbour/end", null);
        var list = await host.Operator.GetStringAsync("/v1/operators/keys");

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, written.StatusCode);
        Assert.Equal("role-too-small", await RouteTests.CodeOf(written));
        Assert.Contains(made.GetProperty("id").GetString()!, list, StringComparison.Ordinal);
        Assert.Contains("Grafana", list, StringComparison.Ordinal);
        var digest = (await host.Grains.OperatorKeys.ListAsync())[0].Digest;
        Assert.DoesNotContain(made.GetProperty("key").GetString()![4..], list, StringComparison.Ordinal);
        Assert.DoesNotContain(digest, list, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(OperatorKeys.DigestOf(made.GetProperty("key").GetString()!)), digest);
    }

    [Fact]
    public async Task Key_RevokedAtOneGateway_IsNoGoodThereAtOnceAndElsewhereWithinTwoSeconds()
    {
        var clock = new FakeTimeProvider();
        await using var here = await GatewayHost.StartAsync();
        await using var there = await GatewayHost.StartAsync(grains: here.Grains, clock: clock);
        var made = await MakeAsync(here, new { name = "ann", role = "viewer" });
        using var atHere = here.As(made.GetProperty("key").GetString()!);
        using var atThere = there.As(made.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await atHere.GetAsync("/v1/system")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await atThere.GetAsync("/v1/system")).StatusCode);

        using var revoked = await here.Operator.DeleteAsync($"/v1/operators/keys/{made.GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await atHere.GetAsync("/v1/system")).StatusCode);

        clock.Advance(StoredKeys.GoodFor);
        Assert.Equal(HttpStatusCode.OK, (await atThere.GetAsync("/v1/system")).StatusCode);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await atThere.GetAsync("/v1/system")).StatusCode);
        using var again = await here.Operator.DeleteAsync($"/v1/operators/keys/{made.GetProperty("id").GetString()}");
        Assert.Equal("no-such-key", await RouteTests.CodeOf(again));
    }

    [Fact]
    public async Task Key_MadeAtOneGateway_IsGoodAtTheOthersAtOnce()
    {
        await using var here = await GatewayHost.StartAsync();
        await using var there = await GatewayHost.StartAsync(grains: here.Grains);
        using var unknown = there.As(OperatorKeys.Draw());
        Assert.Equal(HttpStatusCode.Unauthorized, (await unknown.GetAsync("/v1/system")).StatusCode);

        var made = await MakeAsync(here, new { name = "ann", role = "operator" });
        using var atThere = there.As(made.GetProperty("key").GetString()!);

        Assert.Equal(HttpStatusCode.OK, (await atThere.GetAsync("/v1/system")).StatusCode);
    }

    [Fact]
    public async Task Key_AfterItsEnd_IsNoGood()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await GatewayHost.StartAsync(clock: clock);
        var made = await MakeAsync(host, new { name = "ann", role = "viewer", expiresAt = clock.GetUtcNow().AddSeconds(1) });
        using var ann = host.As(made.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/v1/system")).StatusCode);

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await ann.GetAsync("/v1/system")).StatusCode);
    }

    [Fact]
    public async Task Keys_WithoutACluster_ThoseOfTheSettingsAreGoodAndTheOthersUnclear()
    {
        await using var host = await GatewayHost.StartAsync();
        var made = await MakeAsync(host, new { name = "ann", role = "viewer" });
        host.Grains.IsAway = true;
        using var ann = host.As(made.GetProperty("key").GetString()!);

        using var own = await host.Operator.GetAsync("/v1/system");
        using var other = await ann.GetAsync("/v1/system");

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
        Assert.Equal("cluster-unavailable", await RouteTests.CodeOf(other));
    }

    [Theory]
    [InlineData("""{"role":"viewer"}""", "name")]
    [InlineData("""{"name":" ","role":"viewer"}""", "name")]
    [InlineData("""{"name":"a\u0007","role":"viewer"}""", "name")]
    [InlineData("""{"name":"ann"}""", "role")]
    [InlineData("""{"name":"ann","role":"owner"}""", "role")]
    [InlineData("""{"name":"ann","role":"3"}""", "role")]
    [InlineData("""{"name":"ann","role":"viewer","expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt")]
    public async Task Key_WishThatCannotBe_IsRefusedByName(string wish, string setting)
    {
        await using var host = await GatewayHost.StartAsync();

        using var answer = await host.Operator.PostAsync("/v1/operators/keys", new StringContent(wish, System.Text.Encoding.UTF8, "application/json"));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(setting, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await host.Grains.OperatorKeys.ListAsync());
    }

    [Fact]
    public async Task Key_OfTheSettings_IsListedAndCannotBeRevokedHere()
    {
        await using var host = await GatewayHost.StartAsync();

        var list = (await host.Operator.GetFromJsonAsync<JsonElement>("/v1/operators/keys")).GetProperty("keys");
        using var revoked = await host.Operator.DeleteAsync($"/v1/operators/keys/{list[0].GetProperty("id").GetString()}");

        Assert.Equal(["admin", "operator", "viewer"], list.EnumerateArray().Select(key => key.GetProperty("role").GetString()));
        Assert.All(list.EnumerateArray(), key => Assert.True(key.GetProperty("ofSettings").GetBoolean()));
        Assert.Equal(HttpStatusCode.Conflict, revoked.StatusCode);
        Assert.Equal("key-of-settings", await RouteTests.CodeOf(revoked));
    }

    [Fact]
    public async Task Keys_GuessedWithoutEnd_AreNotLookedAtAnyMore()
    {
        await using var host = await GatewayHost.StartAsync(options => options.BadKeysPerMinute = 2, clock: new FakeTimeProvider());
        using var guesser = host.As("vop_wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.GetAsync("/v1/system")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.GetAsync("/v1/system")).StatusCode);

        using var third = await guesser.GetAsync("/v1/system");

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal("busy", await RouteTests.CodeOf(third));
        Assert.NotNull(third.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.Operator.GetAsync("/v1/system")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync("/v1/system")).StatusCode);
    }

    internal static async Task<JsonElement> MakeAsync(GatewayHost host, object wish)
    {
        using var made = await host.Operator.PostAsJsonAsync("/v1/operators/keys", wish);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return await made.Content.ReadFromJsonAsync<JsonElement>();
    }
}
