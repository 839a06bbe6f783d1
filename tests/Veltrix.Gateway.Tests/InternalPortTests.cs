using System.Net;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Testing.Processes;

namespace Veltrix.Gateway.Tests;

/// <summary>The port for orchestrators and collectors, which knows no keys: what it serves, and that nothing of it leaks to the public port or the other way.</summary>
public sealed class InternalPortTests
{
    private static readonly string[] Inside = ["/alive", "/health", "/metrics", "/started"];

    [Fact]
    public async Task InternalPort_EveryRoute_ServesTheMarkedOnesWithoutAKey_AndNoOther()
    {
        var port = VeltrixProcess.FreePort();
        await using var host = await GatewayHost.StartAsync(internalPort: port);
        host.Grains.Run("harbour");
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        var served = new List<string>();
        foreach (var (method, endpoint) in RouteTests.Walk(host))
        {
            var address = endpoint.RoutePattern.RawText!.Replace("{hunt}", "harbour", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(new HttpMethod(method), address);
            request.Headers.Authorization = new("Bearer", GatewayHost.Key);
            using var answer = await inside.SendAsync(request);
            if (answer.StatusCode is HttpStatusCode.NotFound)
            {
                continue;
            }

            Assert.Equal("GET", method);
            using var withoutKey = await inside.GetAsync(new Uri(address, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, withoutKey.StatusCode);
            served.Add(address);
        }

        Assert.Equal(Inside, served.Order(StringComparer.Ordinal));
        Assert.Equal(0, host.Grains.Hunts["harbour"].Ends);
    }

    [Fact]
    public async Task PublicPort_MetricsWithoutAKey_AreRefusedWhateverTheHostHeaderSays()
    {
        var port = VeltrixProcess.FreePort();
        await using var host = await GatewayHost.StartAsync(internalPort: port);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Host = $"127.0.0.1:{port}";

        using var refused = await host.Http.SendAsync(request);
        using var shown = await host.Operator.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("operator-only", await RouteTests.CodeOf(refused));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal("text/plain", shown.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task PublicPort_WithoutAnInternalOne_ServesAllRoutes()
    {
        await using var host = await GatewayHost.StartAsync();

        using var hunts = await host.Http.GetAsync("/v1/hunts");
        using var metrics = await host.Http.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, hunts.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, metrics.StatusCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65_536)]
    public void InternalPort_OutOfRange_IsRefusedWithTheSetting(int port)
    {
        var result = new GatewayOptionsValidator().Validate(null, new GatewayOptions { Secret = new byte[32], InternalPort = port });

        Assert.Equal([$"InternalPort is {port}: set Veltrix:Gateway:InternalPort to 1 to 65535, or to 0 for none."], result.Failures);
    }
}
