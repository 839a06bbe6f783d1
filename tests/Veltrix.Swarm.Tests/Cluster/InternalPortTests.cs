using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Veltrix.Commands.Cluster;

namespace Veltrix.Swarm.Tests.Cluster;

public sealed class InternalPortTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080;http://127.0.0.1:9464")]
    [InlineData("http://+:8080", "http://+:8080;http://+:9464")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080;http://[::1]:9464")]
    [InlineData("https://10.0.0.1:443; http://10.0.0.1:80;http://10.0.0.2:80", "https://10.0.0.1:443;http://10.0.0.1:80;http://10.0.0.2:80;http://10.0.0.1:9464;http://10.0.0.2:9464")]
    public void Listen_OnAPortOfItsOwn_TakesThePublicAddresses(string urls, string expected)
    {
        var builder = Configure(("urls", urls), ("Veltrix:Gateway:InternalPort", "9464"));

        InternalPort.Listen(builder);

        Assert.Equal(expected, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }

    [Fact]
    public void Listen_WhereKestrelsOwnSectionSaysWhere_AddsToThat()
    {
        var builder = Configure(("Kestrel:Endpoints:Https:Url", "https://*:8443"), ("Kestrel:Endpoints:Http:Url", "http://*:8080"), ("Veltrix:Gateway:InternalPort", "9464"));

        InternalPort.Listen(builder);

        var endpoints = builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]);
        Assert.Equal(["http://*:8080", "http://*:9464", "https://*:8443"], endpoints.Order(StringComparer.Ordinal));
        Assert.Null(builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("70000")]
    [InlineData("many")]
    public void Listen_NoPortOrNone_LeavesTheAddressesAlone(string? port)
    {
        var builder = Configure(("urls", "http://127.0.0.1:8080"), ("Veltrix:Gateway:InternalPort", port));

        InternalPort.Listen(builder);

        Assert.Equal("http://127.0.0.1:8080", builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }

    [Fact]
    public void Listen_OnThePublicPort_IsRefused()
    {
        var builder = Configure(("urls", "http://127.0.0.1:8080"), ("Veltrix:Gateway:InternalPort", "8080"));

        var refused = Assert.Throws<ClusterSettingsException>(() => InternalPort.Listen(builder));

        Assert.StartsWith("Veltrix:Gateway:InternalPort is 8080, ", refused.Message, StringComparison.Ordinal);
    }

    private static WebApplicationBuilder Configure(params (string Setting, string? Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Setting, setting.Value)));
        return builder;
    }
}
