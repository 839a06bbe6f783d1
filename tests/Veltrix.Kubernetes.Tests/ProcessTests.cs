using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using k8s.Models;
using Veltrix.Kubernetes.Tests.Manifests;
using Veltrix.Testing.Databases;
using Veltrix.Testing.Processes;

namespace Veltrix.Kubernetes.Tests;

/// <summary>The real processes, started with the arguments and variables of the pods: what Kubernetes puts in, the ports and the secrets are all that differs.</summary>
public sealed class ProcessTests : IClassFixture<PostgresDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly PostgresDatabase _database;
    private readonly Installation _installation = Installation.Read(Kubectl.Missing is null ? Installation.Full : Installation.BaseFiles);
    private readonly Dictionary<int, int> _ports;

    public ProcessTests(PostgresDatabase database)
    {
        Assert.SkipWhen(PostgresDatabase.Missing is not null, PostgresDatabase.Missing ?? "");
        _database = database;
        _ports = _installation.Own.SelectMany(workload => workload.Ports.Values).Distinct().ToDictionary(port => port, _ => VeltrixProcess.FreePort());
    }

    [Fact]
    public async Task Processes_StartedAsThePodsSay_AnswerTheirProbes_AndEndWithinTheirGrace()
    {
        var (migrate, silo, gateway) = (_installation.Workload("migrate"), _installation.Workload("silo"), _installation.Workload("gateway"));
        await EndsWellAsync(Start(migrate.Main));
        await EndsWellAsync(Start(Assert.Single(silo.Pod.InitContainers)));
        await EndsWellAsync(Start(Assert.Single(gateway.Pod.InitContainers)));

        // The gateway first: it waits for a silo. It takes so few requests of an address that the test can have too many.
        await using var second = Start(gateway.Main, ("Veltrix__Gateway__RequestBurst", "3"), ("Veltrix__Gateway__RequestsPerSecond", "1"));
        await using var first = Start(silo.Main);
        await UpAsync(first);
        await UpAsync(second);

        await AnswersAsync(silo);
        await AnswersAsync(gateway);
        if (Kubectl.Missing is null)
        {
            await TellsAddressesApartAsync(gateway);
        }

        Assert.DoesNotContain("Overriding", first.Errors + second.Errors, StringComparison.Ordinal);
        await EndsInTimeAsync(second, gateway);
        await EndsInTimeAsync(first, silo);

        static async Task EndsWellAsync(ChildProcess process)
        {
            await using (process)
            {
                Assert.True(await process.ExitAsync(Patience) == 0, process.Errors);
            }
        }

        static Task UpAsync(ChildProcess process) => process.LineAsync("it was up", line => line.Contains(" is up", StringComparison.Ordinal), Patience);

        static async Task EndsInTimeAsync(ChildProcess process, Workload workload)
        {
            process.Terminate();
            var rest = (workload.Pod.TerminationGracePeriodSeconds ?? 30) - (workload.Main.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0);
            Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(rest)) == 0, process.Errors);
        }
    }

    [Fact]
    public async Task Processes_WithTheSecretsOfTheExample_AreRefused()
    {
        var example = EnvironmentTests.Example().SelectMany(secret => secret.StringData).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        await using (var migrate = Start(_installation.Workload("migrate").Main))
        {
            Assert.Equal(0, await migrate.ExitAsync(Patience));
        }

        await RefusesAsync("migrate", "VELTRIX_POSTGRES", "cannot be understood");
        await RefusesAsync("silo", "VELTRIX_POSTGRES", "cannot be understood");
        await RefusesAsync("gateway", "VELTRIX_SECRET", "VELTRIX_SECRET is not");
        await RefusesAsync("gateway", "VELTRIX_OPERATOR_KEYS", "VELTRIX_OPERATOR_KEYS");

        async Task RefusesAsync(string component, string variable, string said)
        {
            await using var process = Start(_installation.Workload(component).Main, (variable, example[variable]));
            var exit = await process.ExitAsync(Patience);
            Assert.True(exit == 2 && process.Errors.Contains(said, StringComparison.Ordinal), $"{component} with the example's {variable}: exit {exit}\n{process.Errors}");
        }
    }

    // Behind an ingress all requests come from one address: who sent them stands in a header.
    private async Task TellsAddressesApartAsync(Workload gateway)
    {
        using var http = new HttpClient();
        var page = new Uri($"http://127.0.0.1:{_ports[gateway.Ports["http"]]}/v1/hunts");
        Assert.Contains(HttpStatusCode.TooManyRequests, await AskAsync(_ => "203.0.113.7"));
        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, await AskAsync(i => $"198.51.100.{i}"));

        async Task<HttpStatusCode[]> AskAsync(Func<int, string> sender) => await Task.WhenAll(Enumerable.Range(1, 20).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page) { Headers = { { "X-Forwarded-For", sender(i) } } };
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }));
    }

    private ChildProcess Start(V1Container container, params (string Name, string Value)[] others)
    {
        Dictionary<string, string> secrets = new()
        {
            ["VELTRIX_POSTGRES"] = _database.ConnectionString,
            ["VELTRIX_SECRET"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["VELTRIX_OPERATOR_KEYS"] = "vop_" + RandomNumberGenerator.GetHexString(64, lowercase: true),
        };
        var environment = container.Env.ToDictionary(
            env => env.Name,
            env => env.ValueFrom switch
            {
                { SecretKeyRef: { } secret } => secrets[secret.Key],
                { FieldRef.FieldPath: "metadata.name" } => $"veltrix-{container.Name}-0",
                { FieldRef.FieldPath: "status.podIP" } => "127.0.0.1",
                null => Local(env.Value),
                _ => throw new NotSupportedException($"{env.Name} comes from something that this test does not know."),
            },
            StringComparer.Ordinal);
        foreach (var (name, value) in others)
        {
            environment[name] = value;
        }

        return VeltrixProcess.Start(container.Args.Select(Local), environment);
    }

    /// <summary>The same text with ports that are free here, and on this machine only.</summary>
    private string Local(string text) => _ports.Aggregate(
        text.Replace("//*:", "//127.0.0.1:", StringComparison.Ordinal),
        static (text, port) => Regex.Replace(text, $"(?<![0-9]){port.Key}(?![0-9])", port.Value.ToString(CultureInfo.InvariantCulture), RegexOptions.None, TimeSpan.FromSeconds(1)));

    private async Task AnswersAsync(Workload workload)
    {
        using var http = new HttpClient();
        foreach (var probe in (V1Probe[])[workload.Main.StartupProbe, workload.Main.ReadinessProbe, workload.Main.LivenessProbe])
        {
            var port = _ports[workload.Port(probe.HttpGet.Port) ?? throw new InvalidOperationException($"{workload} lacks the port of a probe.")];
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{probe.HttpGet.Path}"), TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{workload} {probe.HttpGet.Path}: {answer.StatusCode}");
        }
    }
}
