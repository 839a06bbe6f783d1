using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>What a running cluster shows of itself: metrics, the dashboard that is made of them, its silos, and probes that need nobody else.</summary>
public sealed partial class MetricsTests : IDisposable
{
    // These begin with the first time that it happens, which a short run in good health may not have.
    private static readonly string[] Rare =
    [
        "orleans_app_requests_timedout_total", "orleans_catalog_activation_shutdown_total", "orleans_messaging_expired_total", "orleans_messaging_rejected_total",
        "orleans_messaging_sent_failed_total", "veltrix_spread_moves_total",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cluster_UnderASmallLoad_ShowsAllThatTheDashboardAsksFor_AndStaysAliveWithoutItsDatabase()
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        await using var database = await PrivatePostgres.StartNewAsync();
        await using var cluster = new TestCluster(database.ConnectionString);
        var (health, address, inside) = (TestCluster.FreeAddress(), TestCluster.FreeAddress(), TestCluster.FreeAddress());
        cluster.Environment["Veltrix__Gateway__InternalPort"] = $"{inside.Port}";
        var silo = cluster.StartSilo(health, "--name", "the-silo", "--migrate");
        await TestCluster.UpAsync(silo);
        await TestCluster.UpAsync(cluster.StartGateway(address));
        var swarm = cluster.Start(
            "swarm", "--url", address.AbsoluteUri, "--map", "generated:128x128@7", "--players", "50", "--rate", "8", "--warmup", "1", "--seconds", "5", "--json", _folder.Of("out.json"));
        Assert.True(await swarm.ExitAsync(TestCluster.Patience) == 0, swarm.Output + swarm.Errors);

        var shown = NamesIn(await GetAsync(health, "/metrics")).Union(NamesIn(await GetAsync(inside, "/metrics"))).ToHashSet(StringComparer.Ordinal);
        var asked = AskedByTheDashboard();
        Assert.True(asked.Count > 30, $"only {asked.Count} metrics are asked for");
        Assert.Empty(asked.Except(shown).Except(Rare));

        using var survey = JsonDocument.Parse(await GetAsync(address, "/v1/system/silos", cluster.Key));
        var one = Assert.Single(survey.RootElement.GetProperty("silos").EnumerateArray());
        Assert.Equal("the-silo", one.GetProperty("name").GetString());
        Assert.Equal(50, one.GetProperty("activations").GetProperty("players").GetInt32());
        Assert.True(one.GetProperty("activations").GetProperty("regions").GetInt32() > 0, one.GetRawText());
        Assert.True(one.GetProperty("activations").GetProperty("ledgerShards").GetInt32() > 0, one.GetRawText());
        Assert.True(one.GetProperty("memoryBytes").GetInt64() > 1_000_000, one.GetRawText());

        await database.StopAtOnceAsync();
        foreach (var at in (Uri[])[health, inside])
        {
            foreach (var path in (string[])["/alive", "/started", "/metrics"])
            {
                await GetAsync(at, path);
            }
        }
    }

    private static HashSet<string> NamesIn(string metrics) =>
        [.. metrics.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.AsSpan().IndexOfAny('{', ' ')])];

    /// <summary>The metrics in the dashboard's queries, without the labels.</summary>
    private static HashSet<string> AskedByTheDashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "k8s", "components", "prometheus", "grafana-veltrix.json")));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.GetProperty("type").GetString() != "row")
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => Labels().Replace(target.GetProperty("expr").GetString()!, ""))
                .SelectMany(query => Names().Matches(query).Select(match => match.Value)),
        ];
    }

    private static async Task<string> GetAsync(Uri address, string path, string? key = null)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{address} {path}: {answer.StatusCode} {body}");
        return body;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Veltrix.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Veltrix.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b[a-z]+(_[a-z0-9]+)+\b(?!\()", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
