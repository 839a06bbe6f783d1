using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Tests.Support;

namespace Veltrix.Gateway.Tests;

/// <summary>How the load lies on the silos, as operators see it.</summary>
public sealed class SiloSurveyTests
{
    private static readonly (string, int)[] Busy = [("player", 300), ("region", 6), ("ledger-shard", 8), ("hunt", 1), ("sys.svc.catalog", 1)];
    private static readonly (string, int)[] Quiet = [("Veltrix.Grains.Players.PlayerGrain,Veltrix.Grains", 100), ("Veltrix.Grains.Regions.RegionGrain", 2), ("Orleans.Runtime.Management.ManagementGrain,Orleans.Runtime", 1)];

    [Fact]
    public async Task Silos_SomeAnswer_ShowsTheirActivationsAndHowUnevenTheyAre()
    {
        await using var host = await GatewayHost.StartAsync();
        (host.Grains.Management, _) = FakeManagement.Of(("silo-1", Quiet), ("silo-0", Busy), ("silo-2", null));

        var survey = await host.Operator.GetFromJsonAsync<JsonElement>("/v1/system/silos");

        var silos = survey.GetProperty("silos").EnumerateArray().ToArray();
        Assert.Equal(["silo-0", "silo-1", "silo-2"], silos.Select(silo => silo.GetProperty("name").GetString()));
        Assert.Equal("""{"players":300,"regions":6,"ledgerShards":8,"others":1,"all":315}""", silos[0].GetProperty("activations").GetRawText());
        Assert.Equal("""{"players":100,"regions":2,"ledgerShards":0,"others":0,"all":102}""", silos[1].GetProperty("activations").GetRawText());
        Assert.Equal(JsonValueKind.Null, silos[2].GetProperty("activations").ValueKind);
        Assert.Equal(("127.0.0.1:11111", "active"), (silos[1].GetProperty("address").GetString(), silos[1].GetProperty("status").GetString()));
        Assert.Equal("""{"players":1.5,"regions":1.5,"ledgerShards":2,"activations":1.511,"cpu":1}""", survey.GetProperty("imbalance").GetRawText());
    }

    [Fact]
    public async Task Silos_AskedTwiceInASecond_AsksTheClusterOnce()
    {
        var clock = new FakeTimeProvider();
        var grains = new FakeGrains();
        (grains.Management, var script) = FakeManagement.Of(("silo-0", Busy));
        var survey = new SiloSurvey(grains, clock);

        await survey.ReadAsync();
        clock.Advance(TimeSpan.FromSeconds(0.9));
        await survey.ReadAsync();
        Assert.Equal(1, script.Asked);

        clock.Advance(TimeSpan.FromSeconds(0.1));
        await survey.ReadAsync();
        Assert.Equal(2, script.Asked);
    }

    [Fact]
    public async Task Silos_ClusterAway_IsRefusedAndAskedAgainAtOnce()
    {
        await using var host = await GatewayHost.StartAsync();

        using var away = await host.Operator.GetAsync("/v1/system/silos");
        (host.Grains.Management, _) = FakeManagement.Of(("silo-0", Busy));
        using var back = await host.Operator.GetAsync("/v1/system/silos");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal("cluster-unavailable", await RouteTests.CodeOf(away));
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public void Imbalance_OfNoSilos_IsEven() => Assert.Equal(new ImbalanceShape(1, 1, 1, 1, 1), SiloSurvey.Imbalance([]));
}
