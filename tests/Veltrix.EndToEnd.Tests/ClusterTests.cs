using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.EndToEnd.Tests;

/// <summary>`veltrix silo` and `veltrix gateway` as operators run them, on PostgreSQL.</summary>
public sealed class ClusterTests : IDisposable
{
    private const int Players = 100;

    /// <summary>How long a process may take from SIGTERM to its end: less than the 30 s after which an orchestrator kills it.</summary>
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(25);

    private readonly TemporaryFolder _folder = new();
    private readonly PostgresDatabase _database = new();

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Cluster_ProcessesDieUnderLoad_LosesNothing()
    {
        Skip();
        await using var cluster = new TestCluster(_database.ConnectionString);
        cluster.Environment["Logging__LogLevel__Veltrix.Silo.Spreading.SiloLeave"] = "Information";
        cluster.Environment["Logging__LogLevel__Veltrix.Gateway.Sessions.GatewayLeave"] = "Information";
        var acked = new AckedLog(_folder);
        var (left, right) = (TestCluster.FreeAddress(), TestCluster.FreeAddress());
        ChildProcess[] silos = [.. Enumerable.Range(1, 3).Select(i => cluster.StartSilo(TestCluster.FreeAddress(), "--name", $"silo{i}", "--migrate"))];
        var (first, second) = (cluster.StartGateway(left, "--migrate"), cluster.StartGateway(right, "--migrate"));
        await Task.WhenAll([.. silos.Select(TestCluster.UpAsync), TestCluster.UpAsync(first), TestCluster.UpAsync(second)]);

        // It plays until it is asked to end: whatever dies here dies under load, however slow the machine is.
        var swarm = cluster.Start(
            "swarm", "--url", left.AbsoluteUri, "--url", right.AbsoluteUri, "--map", "generated:128x128@7", "--players", $"{Players}", "--rate", "4", "--warmup", "2",
            "--mix", "move=60,look=5,drop=10,dig=25", "--json", _folder.Of("out.json"), "--acked-log", acked.Path);
        await swarm.LineAsync("it measured", line => line.StartsWith("measure ", StringComparison.Ordinal), TestCluster.Patience);

        await silos[0].KillAsync();
        await await Task.WhenAny(DeclaresItDeadAsync(silos[1]), DeclaresItDeadAsync(silos[2]));
        var another = cluster.StartSilo(TestCluster.FreeAddress(), "--name", "another");
        await TestCluster.UpAsync(another);
        await GoesOnAsync();

        await EndsInOrderAsync(silos[1]);
        Assert.Matches("The silo stops: it hands [0-9]{2,} grains to 2 others", silos[1].Errors);
        Assert.DoesNotContain("before it has handed over", silos[1].Errors, StringComparison.Ordinal);
        await GoesOnAsync();

        // Killed while its grains are on their way to the last silo, as by an orchestrator that loses patience.
        another.Terminate();
        await another.LineAsync("it hands over", line => line.Contains("The silo stops: it hands ", StringComparison.Ordinal), TestCluster.Patience);
        await another.KillAsync();
        await GoesOnAsync();

        await first.KillAsync();
        await GoesOnAsync();
        first = cluster.StartGateway(left);
        await TestCluster.UpAsync(first);

        await EndsInOrderAsync(second);
        Assert.Matches($"The gateway stops: it sends [0-9]{{2,}} players to others", second.Errors);
        await GoesOnAsync();

        swarm.Terminate();
        var exit = await swarm.ExitAsync(TestCluster.Patience);
        Assert.True(exit == 0, $"swarm exit {exit}\n{swarm.Output}\n{swarm.Errors}\nanother silo:\n{another.Errors}\ngateway:\n{first.Errors}");
        AssertNothingIsLost(await File.ReadAllTextAsync(_folder.Of("out.json"), TestContext.Current.CancellationToken));
        await AckedLog.AssertInLedgerOnceAsync(await acked.ReadAsync(), left, cluster.Key);
        var verify = cluster.Start("verify");
        Assert.True(await verify.ExitAsync(TestCluster.Patience) == 0, verify.Output + verify.Errors);

        // The first to do so spares the other the trouble.
        static Task DeclaresItDeadAsync(ChildProcess silo) => silo.LineAsync(
            "it declares the other dead", line => line.Contains(" is gone: its port refuses this silo and 1 others ", StringComparison.Ordinal), TestCluster.Patience);

        // More scores than can have been on their way: after each death somebody still plays.
        Task GoesOnAsync() => acked.UntilAsync(acked.Count() + Players, swarm);
    }

    [Fact]
    public async Task Gateway_BeforeAnySilo_WaitsAndSaysSo()
    {
        Skip();
        await using var cluster = new TestCluster(_database.ConnectionString);
        var address = TestCluster.FreeAddress();
        var early = cluster.StartGateway(TestCluster.FreeAddress(), "--migrate");
        await WaitsAsync(early);
        var gateway = cluster.StartGateway(address);
        await WaitsAsync(gateway);

        await EndsInOrderAsync(early);
        var silo = cluster.StartSilo(TestCluster.FreeAddress());
        await TestCluster.UpAsync(gateway);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(address, "/health")).Status);
        await EndsInOrderAsync(gateway);
        await EndsInOrderAsync(silo);

        static Task WaitsAsync(ChildProcess gateway) => gateway.LineAsync(
            "it waited for a silo", line => line.StartsWith("Waiting for a silo of the cluster: ", StringComparison.Ordinal), TestCluster.Patience);
    }

    [Fact]
    public async Task Silo_OnADatabaseWithoutTables_IsRefused_AndMigratesWhenAskedTo()
    {
        Skip();
        await using var cluster = new TestCluster(_database.ConnectionString);
        var refused = cluster.StartSilo(TestCluster.FreeAddress());
        Assert.Equal(2, await refused.ExitAsync(TestCluster.Patience));
        Assert.Contains("veltrix migrate", refused.Errors, StringComparison.Ordinal);

        var health = TestCluster.FreeAddress();
        var silo = cluster.StartSilo(health, "--migrate");
        await TestCluster.UpAsync(silo);

        Assert.Contains("The database is up to date now: ran orleans 1, ", silo.Errors, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(health, "/alive"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(health, "/health"));
        await EndsInOrderAsync(silo);
    }

    [Fact]
    public async Task Process_WithASettingThatDoesNotFit_ExitsWithTwoAndNamesIt()
    {
        Skip();
        await using var cluster = new TestCluster(_database.ConnectionString);
        Assert.Equal(0, await cluster.Start("migrate").ExitAsync(TestCluster.Patience));
        var taken = TestCluster.FreeAddress();
        using var listener = new TcpListener(IPAddress.Loopback, taken.Port);
        listener.Start();
        (string[] Arguments, string? Name, string Value, string Said)[] misfits =
        [
            (["silo", "--silo-port", "70000"], null, "", "--silo-port"),
            (["silo", "--address", "somewhere"], null, "", "--address"),
            (["silo"], "Veltrix__Cluster__Votes", "many", "Veltrix:Cluster:Votes"),
            (["silo", "--url", taken.AbsoluteUri], null, "", $"Cannot listen: Failed to bind to address http://127.0.0.1:{taken.Port}: address already in use."),
            (["silo", "--url", TestCluster.FreeAddress().AbsoluteUri, "--silo-port", $"{taken.Port}"], null, "", "Cannot listen: Address already in use."),
            (["silo", "--url", TestCluster.FreeAddress().AbsoluteUri, "--address", "192.0.2.1"], null, "", "Cannot listen: Cannot assign requested address."),
            (["silo", "--config", "/nowhere/veltrix.json"], null, "", "/nowhere/veltrix.json"),
            (["gateway", "--cluster", new string('x', 101)], null, "", "--cluster"),
            (["gateway"], "VELTRIX_SECRET", "short", "VELTRIX_SECRET"),
            (["gateway"], "VELTRIX_SECRET", "REPLACE-ME", "VELTRIX_SECRET"),
            (["gateway"], "VELTRIX_OPERATOR_KEYS", "", "VELTRIX_OPERATOR_KEYS"),
            (["gateway"], "VELTRIX_OPERATOR_KEYS", "REPLACE-ME", "VELTRIX_OPERATOR_KEYS"),
            (["gateway"], "Veltrix__Gateway__Oidc__Authority", "http://login.example.com", "Veltrix:Gateway:Oidc:Authority"),
            (["gateway"], "Veltrix__Gateway__PlayerTokens__Key", "c2hvcnQ=", "Veltrix:Gateway:PlayerTokens:Issuer"),
            (["gateway"], "Veltrix__Gateway__TrustedProxies__0", "everybody", "Veltrix:Gateway:TrustedProxies"),
        ];
        await Assert.AllAsync(misfits, async misfit =>
        {
            var (arguments, name, value, said) = misfit;
            var environment = new Dictionary<string, string>(cluster.Environment);
            if (name is not null)
            {
                environment[name] = value;
            }

            string[] more = arguments is ["silo", ..] && !arguments.Contains("--silo-port")
                ? ["--silo-port", $"{VeltrixProcess.FreePort()}", "--client-port", $"{VeltrixProcess.FreePort()}"]
                : [];
            await using var process = VeltrixProcess.Start([.. arguments, .. more], environment);
            var exit = await process.ExitAsync(TestCluster.Patience);
            Assert.True(
                exit == 2 && process.Errors.Contains(said, StringComparison.Ordinal) && !process.Errors.Contains("   at ", StringComparison.Ordinal),
                $"{string.Join(' ', arguments)} {name}: exit {exit}\n{process.Errors}");
        });
    }

    private static void Skip() => Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");

    private static async Task EndsInOrderAsync(ChildProcess process)
    {
        process.Terminate();
        var exit = await process.ExitAsync(ToEnd);
        Assert.True(exit == 0, $"exit {exit}\n{process.Errors}");
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(Uri address, string path)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void AssertNothingIsLost(string json)
    {
        using var summary = JsonDocument.Parse(json);
        var root = summary.RootElement;
        var ledger = root.GetProperty("ledger");
        Assert.Equal(Players, root.GetProperty("players").GetInt32());
        Assert.Equal(root.GetProperty("sent").GetInt64(), root.GetProperty("acked").GetInt64());
        Assert.Equal(0, root.GetProperty("wrong").GetInt64());
        Assert.Equal(0, root.GetProperty("unanswered").GetInt64());
        Assert.True(root.GetProperty("reconnects").GetInt64() >= Players, json);
        Assert.True(ledger.GetProperty("entries").GetInt64() > 0, json);
        Assert.Equal(ledger.GetProperty("expected_entries").GetInt64(), ledger.GetProperty("entries").GetInt64());
        Assert.Equal(ledger.GetProperty("expected_points").GetInt64(), ledger.GetProperty("points").GetInt64());
        Assert.Equal(0, ledger.GetProperty("duplicates").GetInt64());
        Assert.Equal("ok", ledger.GetProperty("chain").GetString());
    }
}
