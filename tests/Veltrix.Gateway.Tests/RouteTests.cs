using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Tests.Support;

namespace Veltrix.Gateway.Tests;

/// <summary>A walk over every address that the gateway has: none is open by oversight, and every refusal says its code.</summary>
public sealed class RouteTests
{
    private static readonly string[] OpenRoutes =
    [
        "GET /v1/maps", "GET /v1/maps/{hash}", "GET /v1/maps/{hash}/image.png", "GET /v1/hunts", "GET /v1/hunts/{hunt}", "GET /v1/play", "GET /alive", "GET /health", "GET /started",
        "GET /", "HEAD /", "GET /live.js", "HEAD /live.js", "GET /live.css", "HEAD /live.css", "GET /icon.svg", "HEAD /icon.svg", "GET /protocol", "HEAD /protocol",
        "GET /openapi/{documentName}.json", "GET /sign-in", "POST /sign-in", "POST /sign-out",
    ];

    [Fact]
    public async Task Routes_AllOfThem_AreMarkedAndOnlyTheseAreOpen()
    {
        await using var host = await GatewayHost.StartAsync();

        var open = new List<string>();
        foreach (var (method, endpoint) in Walk(host))
        {
            var mark = endpoint.Metadata.GetMetadata<AccessMark>();
            Assert.True(mark is not null, $"{method} {endpoint.RoutePattern.RawText} says nothing about who may use it.");
            if (mark.Access is Access.Open)
            {
                open.Add($"{method} {(endpoint.RoutePattern.RawText is { Length: > 1 } path ? path.TrimEnd('/') : "/")}");
            }
        }

        Assert.Equal(OpenRoutes.Order(), open.Distinct().Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("vop_wrong")]
    [InlineData("vpl_wrong")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUiLCJyb2xlcyI6WyJ2ZWx0cml4LWFkbWluIl19.")]
    public async Task Routes_OfOperators_RefuseEverybodyElse(string? key)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");

        var tried = 0;
        foreach (var (method, endpoint) in OperatorRoutes(host))
        {
            using var answer = await SendAsync(host, method, endpoint, key);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("operator-only", await CodeOf(answer));
            tried++;
        }

        Assert.True(tried >= 11, $"only {tried} routes are for operators");
        Assert.Equal(0, host.Grains.Hunts["harbour"].Ends);
    }

    [Fact]
    public async Task Routes_OfOperators_TakeTheirRoleAndHigherOnesOnly()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");

        foreach (var (method, endpoint) in OperatorRoutes(host))
        {
            var least = endpoint.Metadata.GetMetadata<AccessMark>()!.Role!.Value;
            foreach (var (role, key) in (IEnumerable<(OperatorRole, string)>)
                [(OperatorRole.Viewer, GatewayHost.ViewerKey), (OperatorRole.Operator, GatewayHost.OperatorKey), (OperatorRole.Admin, GatewayHost.Key)])
            {
                using var answer = await SendAsync(host, method, endpoint, key);
                var said = $"{method} {endpoint.RoutePattern.RawText}, which needs {least}, answered {answer.StatusCode} to {role}";
                Assert.True((answer.StatusCode is HttpStatusCode.Forbidden) == (role < least), said);
                Assert.False(answer.StatusCode is HttpStatusCode.Unauthorized, said);
                if (role < least)
                {
                    var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    Assert.Equal("role-too-small", problem.GetProperty("code").GetString());
                    Assert.Contains($"the role {Roles.NameOf(least)}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Routes_ThatChangeSomething_NeedMoreThanAViewer()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.All(
            Walk(host).Where(route => route.Method is not ("GET" or "HEAD") && !route.Endpoint.RoutePattern.RawText!.StartsWith("/sign-", StringComparison.Ordinal)),
            route => Assert.True(
                route.Endpoint.Metadata.GetMetadata<AccessMark>() is { Access: Access.Player } or { Role: OperatorRole.Operator or OperatorRole.Admin },
                $"{route.Method} {route.Endpoint.RoutePattern.RawText} may be used by anybody"));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "no-such-address")]
    [InlineData("DELETE", "/v1/hunts", 405, "wrong-method")]
    [InlineData("GET", "/v1/hunts/Bad_Id!", 404, "no-such-hunt")]
    [InlineData("GET", "/v1/hunts/nobody", 404, "no-such-hunt")]
    [InlineData("GET", "/v1/hunts?limit=0", 400, "bad-request")]
    [InlineData("GET", "/v1/hunts?limit=many", 400, "bad-request")]
    [InlineData("GET", "/v1/hunts/harbour/board?top=0", 400, "bad-request")]
    [InlineData("GET", "/v1/hunts/harbour/board/ann", 404, "no-standing")]
    [InlineData("GET", "/v1/hunts/harbour/board/a%20b", 400, "bad-name")]
    [InlineData("GET", "/v1/hunts/nobody/board", 404, "no-such-hunt")]
    [InlineData("GET", "/v1/hunts/harbour/live", 426, "websocket-only")]
    [InlineData("GET", "/v1/play", 426, "websocket-only")]
    [InlineData("GET", "/v1/maps/xyz", 404, "no-such-map")]
    [InlineData("GET", "/v1/maps/xyz/image.png", 404, "no-such-map")]
    [InlineData("POST", "/v1/hunts/nobody/sessions", 404, "no-such-hunt")]
    [InlineData("POST", "/v1/hunts/harbour/sessions", 401, "bad-token")]
    [InlineData("GET", "/v1/hunts/harbour/ledger?shard=16", 400, "bad-request")]
    [InlineData("GET", "/v1/hunts/harbour/ledger?after=-1", 400, "bad-request")]
    [InlineData("POST", "/v1/hunts", 400, "bad-request")]
    [InlineData("POST", "/v1/maps", 400, "bad-map")]
    [InlineData("POST", "/v1/hunts/nobody/start", 404, "no-such-hunt")]
    public async Task Requests_ThatCannotBe_AreRefusedWithACodeAndASentence(string method, string address, int status, string code)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");

        using var answer = await host.Operator.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Fact]
    public async Task Requests_OfAnotherContentType_AreRefusedWithACode()
    {
        await using var host = await GatewayHost.StartAsync();

        using var answer = await host.Operator.PostAsync("/v1/hunts", new StringContent("name=A", System.Text.Encoding.UTF8, "text/plain"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("wrong-content-type", await CodeOf(answer));
    }

    [Theory]
    [InlineData("{", "bad-request")]
    [InlineData("[]", "bad-request")]
    [InlineData("{\"name\":\"A\",\"map\":\"x\",\"surprise\":1}", "bad-request")]
    [InlineData("{\"name\":\"\",\"map\":\"x\"}", "bad-hunt")]
    [InlineData("{\"name\":\"A\"}", "bad-hunt")]
    [InlineData("{\"name\":\"A\",\"map\":\"x\",\"id\":\"-a\"}", "bad-hunt")]
    [InlineData("{\"name\":\"A\",\"map\":\"x\",\"rules\":{\"reach\":17}}", "bad-hunt")]
    [InlineData("{\"name\":\"A\",\"map\":\"x\",\"endsAt\":\"2001-01-01T00:00:00Z\"}", "bad-hunt")]
    [InlineData("{\"name\":\"A\",\"map\":\"x\"}", "no-such-map")]
    public async Task Hunts_WishThatCannotBe_IsRefusedWithItsCode(string wish, string code)
    {
        await using var host = await GatewayHost.StartAsync();

        using var answer = await host.Operator.PostAsync("/v1/hunts", new StringContent(wish, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(code, await CodeOf(answer));
    }

    [Fact]
    public async Task Health_ClusterAway_IsNotReadyButAlive()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.IsAway = true;

        using var health = await host.Http.GetAsync("/health");
        using var alive = await host.Http.GetAsync("/alive");
        using var started = await host.Http.GetAsync("/started");
        using var metrics = await host.Operator.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal("cluster-unavailable", await CodeOf(health));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(HttpStatusCode.OK, started.StatusCode);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public async Task OpenApi_Page_NamesEveryRouteWithSummaryAndErrors()
    {
        await using var host = await GatewayHost.StartAsync();

        var page = await host.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var paths = page.GetProperty("paths");
        foreach (var (method, endpoint) in Walk(host).Where(route => route.Endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            var operation = paths.GetProperty(endpoint.RoutePattern.RawText!.TrimEnd('/')).GetProperty(method.ToLowerInvariant());
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.True(operation.GetProperty("responses").EnumerateObject().Count() > 1 || endpoint.RoutePattern.RawText == "/v1/system", $"{method} {endpoint.RoutePattern.RawText} names no refusal");
        }

        Assert.Contains("hunt-exists", page.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void ProblemKinds_AllOfThem_HaveACodeThatMeansOneThing()
    {
        // `busy` is one answer to two causes: try again later.
        var codes = ProblemKind.All.GroupBy(kind => kind.Code).Where(kinds => kinds.Count() > 1).Select(kinds => kinds.Key);
        Assert.Equal(["busy"], codes);
        Assert.All(ProblemKind.All, kind => Assert.Matches("^[a-z][a-z-]*$", kind.Code));
    }

    internal static async Task<string?> CodeOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    private static IEnumerable<(string Method, RouteEndpoint Endpoint)> OperatorRoutes(GatewayHost host) =>
        Walk(host).Where(route => route.Endpoint.Metadata.GetMetadata<AccessMark>()!.Role is not null);

    private static async Task<HttpResponseMessage> SendAsync(GatewayHost host, string method, RouteEndpoint endpoint, string? key)
    {
        var address = endpoint.RoutePattern.RawText!.Replace("{hunt}", "harbour", StringComparison.Ordinal)
            .Replace("{hash}", new string('0', 64), StringComparison.Ordinal).Replace("{id}", "0123456789abcdef", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        return await host.Http.SendAsync(request);
    }

    internal static IEnumerable<(string Method, RouteEndpoint Endpoint)> Walk(GatewayHost host) =>
        from source in host.Services.GetServices<EndpointDataSource>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
        select (method, endpoint);
}
