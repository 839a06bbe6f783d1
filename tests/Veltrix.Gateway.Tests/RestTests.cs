using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Veltrix.Gateway.Tests.Support;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Tests;

public sealed class RestTests
{
    private const string Tmx =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <map version="1.10" orientation="orthogonal" renderorder="right-down" width="4" height="3" tilewidth="8" tileheight="8" infinite="0">
         <tileset firstgid="1" source="ground.tsx"/>
         <layer id="1" name="ground" width="4" height="3"><data encoding="csv">1,1,1,1,1,2,2,1,1,1,1,1</data></layer>
        </map>
        """;

    private const string Tsx =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <tileset version="1.10" name="ground" tilewidth="8" tileheight="8" tilecount="2" columns="2">
         <tile id="0"><properties><property name="terrain" value="grass"/></properties></tile>
         <tile id="1"><properties><property name="collide" type="bool" value="true"/></properties></tile>
        </tileset>
        """;

    [Fact]
    public async Task Hunts_CreateStartEnd_ShowsItsCourse()
    {
        await using var host = await GatewayHost.StartAsync();
        var map = FakeGrains.Meadow(64, 64);
        host.Grains.Maps.Add(map);
        var wish = new { id = "fair", name = "The fair", map = map.Hash, seed = "18446744073709551615", rules = new { guests = true } };

        using var created = await host.Operator.PostAsJsonAsync("/v1/hunts", wish);
        using var repeated = await host.Operator.PostAsJsonAsync("/v1/hunts", wish);
        using var other = await host.Operator.PostAsJsonAsync("/v1/hunts", wish with { name = "Another" });
        using var started = await host.Operator.PostAsync("/v1/hunts/fair/start", null);
        var forAll = await host.Http.GetFromJsonAsync<JsonElement>("/v1/hunts/fair");
        var forOperators = await host.Operator.GetFromJsonAsync<JsonElement>("/v1/hunts/fair");
        using var ended = await host.Operator.PostAsync("/v1/hunts/fair/end", null);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/v1/hunts/fair", created.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
        Assert.Equal("hunt-exists", await RouteTests.CodeOf(other));
        Assert.Equal("running", (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        Assert.False(forAll.TryGetProperty("seed", out _));
        Assert.Equal("18446744073709551615", forOperators.GetProperty("seed").GetString());
        Assert.Equal("over", (await ended.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Hunts_ManyOfThem_AreListedPageByPage()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var id in new[] { "c", "a", "b" })
        {
            host.Grains.Run(id);
        }

        var first = await host.Http.GetFromJsonAsync<JsonElement>("/v1/hunts?limit=2");
        var second = await host.Http.GetFromJsonAsync<JsonElement>($"/v1/hunts?limit=2&after={first.GetProperty("next").GetString()}");

        Assert.Equal(["a", "b"], first.GetProperty("hunts").EnumerateArray().Select(hunt => hunt.GetProperty("id").GetString()));
        Assert.Equal(["c"], second.GetProperty("hunts").EnumerateArray().Select(hunt => hunt.GetProperty("id").GetString()));
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task Maps_TiledWithTilesetAsForm_IsStoredAndDrawn()
    {
        await using var host = await GatewayHost.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Tsx)), "files", "ground.tsx" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Tmx)), "files", "yard.tmx" },
        };

        using var stored = await host.Operator.PostAsync("/v1/maps", form);
        var shape = await stored.Content.ReadFromJsonAsync<JsonElement>();
        var hash = shape.GetProperty("hash").GetString();
        using var picture = await host.Http.GetAsync($"/v1/maps/{hash}/image.png?scale=2");
        using var secret = await host.Http.GetAsync($"/v1/maps/{hash}/image.png?marks=true");
        var tiles = await host.Operator.GetByteArrayAsync($"/v1/maps/{hash}/tiles");
        var list = await host.Http.GetFromJsonAsync<JsonElement>("/v1/maps");

        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        Assert.Equal("yard", shape.GetProperty("name").GetString());
        Assert.Equal(10, shape.GetProperty("openTiles").GetInt32());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await picture.Content.ReadAsByteArrayAsync())[..4]);
        Assert.True(picture.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(300));
        Assert.Equal("operator-only", await RouteTests.CodeOf(secret));
        Assert.Equal(hash, MapCodec.Decode(tiles).Hash);
        Assert.Equal(hash, list.GetProperty("maps")[0].GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Maps_OneFileAsItIs_IsStoredUnderItsName()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Grid = "type octile\nheight 2\nwidth 3\nmap\n...\n.@.\n";

        using var stored = await host.Operator.PostAsync("/v1/maps?name=yard.map", new ByteArrayContent(Encoding.ASCII.GetBytes(Grid)));
        using var broken = await host.Operator.PostAsync("/v1/maps?name=yard.map", new ByteArrayContent(Encoding.ASCII.GetBytes("type octile\nheight 9\nwidth 3\nmap\n...\n")));
        using var generated = await host.Operator.PostAsJsonAsync("/v1/maps", new { generate = "generated:64x48@7" });
        using var wrong = await host.Operator.PostAsJsonAsync("/v1/maps", new { generate = "generated:1x1@7" });

        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        Assert.Equal(5, (await stored.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("openTiles").GetInt32());
        Assert.Equal("bad-map", await RouteTests.CodeOf(broken));
        Assert.Equal(64, (await generated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("width").GetInt32());
        Assert.Equal("bad-map", await RouteTests.CodeOf(wrong));
    }

    [Fact]
    public async Task Maps_LargerThanAllowed_AreRefused()
    {
        await using var host = await GatewayHost.StartAsync(options => options.MaxMapBytes = 2000);

        using var raw = await host.Operator.PostAsync("/v1/maps?name=big.map", new ByteArrayContent(new byte[5000]));
        using var form = await host.Operator.PostAsync("/v1/maps", new MultipartFormDataContent { { new ByteArrayContent(new byte[5000]), "file", "big.map" } });

        Assert.Equal("too-large", await RouteTests.CodeOf(raw));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, form.StatusCode);
    }

    [Fact]
    public async Task Board_TopAndAround_ShowRanks()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour");
        for (var i = 0; i < 20; i++)
        {
            host.Grains.Board.Totals.Add(new PlayerTotal(new PlayerId($"p{i}"), 100 - i, 3, 1_800_000_000_000));
        }

        var top = await host.Http.GetFromJsonAsync<JsonElement>("/v1/hunts/harbour/board?top=3");
        var around = await host.Http.GetFromJsonAsync<JsonElement>("/v1/hunts/harbour/board/p10?around=1");

        Assert.Equal(["p0", "p1", "p2"], top.GetProperty("standings").EnumerateArray().Select(standing => standing.GetProperty("player").GetString()));
        Assert.Equal([10, 11, 12], around.GetProperty("standings").EnumerateArray().Select(standing => standing.GetProperty("rank").GetInt32()));
        Assert.Equal(20, top.GetProperty("players").GetInt32());
    }

    [Fact]
    public async Task Board_NoSpectators_IsForOperatorsOnly()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("secret", new World.Rules.HuntRules { Spectators = false });

        using var refused = await host.Http.GetAsync("/v1/hunts/secret/board");
        using var shown = await host.Operator.GetAsync("/v1/hunts/secret/board");

        Assert.Equal("no-spectators", await RouteTests.CodeOf(refused));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Fact]
    public async Task Ledger_Export_HasEveryEntryOfEveryShardAndGoesOnWhereItStopped()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Grains.Run("harbour", new World.Rules.HuntRules { LedgerShards = 3 });
        host.Grains.Shard.Entries = 2500;

        var all = await LinesAsync(host, "/v1/hunts/harbour/ledger");
        var rest = await LinesAsync(host, "/v1/hunts/harbour/ledger?shard=2&after=2498");

        Assert.Equal(7500, all.Count);
        Assert.Equal(all.Select(line => (line.GetProperty("shard").GetInt32(), line.GetProperty("position").GetInt64())), Enumerable.Range(0, 7500).Select(i => (i / 2500, (i % 2500) + 1L)));
        Assert.Equal([2499, 2500], rest.Select(line => line.GetProperty("position").GetInt64()));
        Assert.Equal(new string('0', 64), all[0].GetProperty("previous").GetString());
        Assert.Equal("", all[0].GetProperty("textDigest").GetString());
        Assert.Equal("claim", all[0].GetProperty("kind").GetString());
        Assert.Equal("00000000000000000000000000000000/1", all[0].GetProperty("operation").GetString());
    }

    [Fact]
    public async Task System_Figures_AreThisProcess()
    {
        await using var host = await GatewayHost.StartAsync();

        var system = await host.Operator.GetFromJsonAsync<JsonElement>("/v1/system");

        Assert.Equal(Environment.ProcessId, system.GetProperty("pid").GetInt32());
        Assert.True(system.GetProperty("cpuSeconds").GetDouble() > 0);
        Assert.True(system.GetProperty("residentBytes").GetInt64() > 1_000_000);
    }

    [Fact]
    public async Task Pages_AllOfThem_ComeWithTheirTypeAndAPolicy()
    {
        await using var host = await GatewayHost.StartAsync();

        foreach (var (address, type) in new[] { ("/", "text/html"), ("/live.js", "text/javascript"), ("/live.css", "text/css"), ("/icon.svg", "image/svg+xml"), ("/protocol", "text/plain") })
        {
            using var page = await host.Http.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Equal(type, page.Content.Headers.ContentType!.MediaType);
            Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, address);
            again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
            using var unchanged = await host.Http.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        Assert.Contains("veltrix.v1", await host.Http.GetStringAsync("/protocol"), StringComparison.Ordinal);
    }

    private static async Task<List<JsonElement>> LinesAsync(GatewayHost host, string address)
    {
        var text = await host.Operator.GetStringAsync(address);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
