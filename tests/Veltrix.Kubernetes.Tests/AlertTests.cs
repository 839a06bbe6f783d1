using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using Veltrix.Kubernetes.Tests.Manifests;
using YamlDotNet.RepresentationModel;

namespace Veltrix.Kubernetes.Tests;

/// <summary>Figures and alerts: what Kubernetes itself does not check, since Prometheus' operator reads it.</summary>
public sealed partial class AlertTests
{
    private static readonly string[] RuleKeys = ["alert", "expr", "for", "labels", "annotations"];

    /// <summary>What Prometheus, the kubelet and kube-state-metrics count, and what .NET and Orleans count in our processes.</summary>
    private static readonly string[] Others =
    [
        "up", "container_memory_working_set_bytes", "kube_pod_container_resource_limits", "kube_pod_container_status_restarts_total",
        "kube_job_status_failed", "kube_job_status_succeeded", "kube_horizontalpodautoscaler_status_desired_replicas", "kube_horizontalpodautoscaler_spec_max_replicas",
    ];

    private static string Runbook => File.ReadAllText(Path.Combine(Installation.Folder, "README.md"));

    [Fact]
    public void PodMonitors_AskAPortOfThePodsThatTheySelect()
    {
        var installation = Installation.Read(Installation.Full);
        var monitors = installation.Custom.Where(one => Installation.Scalar(one, "kind") == "PodMonitor").ToList();

        Assert.Equal(["gateway", "silo"], monitors.Select(monitor =>
        {
            Assert.Equal(["podMetricsEndpoints", "selector"], Keys(monitor, "spec").Order(StringComparer.Ordinal));
            var selector = Mapping(Mapping(Mapping(monitor, "spec"), "selector"), "matchLabels").ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!, StringComparer.Ordinal);
            var workload = Assert.Single(installation.Workloads, workload => Selectors.Fits(selector, workload.Labels));
            var endpoint = Assert.Single(Sequence(Mapping(monitor, "spec"), "podMetricsEndpoints"));
            Assert.Equal(["interval", "path", "port"], endpoint.Select(pair => ((YamlScalarNode)pair.Key).Value).Order(StringComparer.Ordinal));
            Assert.Equal("/metrics", Installation.Scalar(endpoint, "path"));
            Assert.True(workload.Port(Installation.Scalar(endpoint, "port")!) is not null, $"{workload} has no port {Installation.Scalar(endpoint, "port")}");
            return workload.Component!;
        }).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alerts_AreComplete_AndStandInTheRunbook()
    {
        var alerts = Alerts();
        var names = alerts.Select(alert => Installation.Scalar(alert, "alert")!).ToList();

        Assert.Distinct(names);
        Assert.All(alerts, alert =>
        {
            Assert.Empty(Keys(alert).Except(RuleKeys));
            Assert.Contains(Installation.Scalar(alert, "labels", "severity"), (string[])["page", "ticket"]);
            Assert.Equal(["runbook", "summary"], Keys(alert, "annotations").Order(StringComparer.Ordinal));
            Assert.Equal(Installation.Scalar(alert, "alert"), Installation.Scalar(alert, "annotations", "runbook"));
            Assert.Matches("^([0-9]+m)?$", Installation.Scalar(alert, "for") ?? "");
        });
        var told = RunbookRow().Matches(Runbook).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["page"].Success, StringComparer.Ordinal);
        Assert.Equal(
            alerts.Select(alert => (Installation.Scalar(alert, "alert")!, Installation.Scalar(alert, "labels", "severity") == "page")).Order(),
            told.Select(row => (row.Key, row.Value)).Order());
    }

    [Fact]
    public void Alerts_Metrics_Exist()
    {
        var page = File.ReadAllText(Path.Combine(Installation.Folder, "..", "src", "Veltrix.Hosting", "Telemetry", "README.md"));
        var used = Alerts().SelectMany(alert => Metrics(Installation.Scalar(alert, "expr")!)).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(used.Count > 10);
        Assert.All(used.Except(Others, StringComparer.Ordinal), metric => Assert.Contains($"`{HistogramPart().Replace(metric, "")}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""sum by (pod) (rate(a_total{x="b_total", y=~"c"}[5m])) / on (pod) group_left d_bytes > 0.5""", "a_total d_bytes")]
    [InlineData("absent(up) unless on (a, b) c offset 5m > bool 1e3", "up c")]
    public void Metrics_OfAnExpression_AreFound(string expression, string metrics) => Assert.Equal(metrics.Split(' '), Metrics(expression));

    [Fact]
    public void Dashboard_IsWhereGrafanaLooksForIt()
    {
        var dashboard = Assert.Single(Installation.Read(Installation.Full).Of<V1ConfigMap>(), map => map.Metadata.Labels.TryGetValue("grafana_dashboard", out var one) && one == "1");
        var (file, text) = Assert.Single(dashboard.Data);
        using var json = JsonDocument.Parse(text);

        Assert.Equal("grafana-veltrix.json", file);
        Assert.True(json.RootElement.GetProperty("panels").GetArrayLength() > 5);

        // kubectl keeps what it applied in an annotation, and all annotations together may have 256 KiB.
        Assert.InRange(text.Length, 1, 200_000);
    }

    private static List<YamlMappingNode> Alerts()
    {
        var rules = Assert.Single(Installation.Read(Installation.Full).Custom, one => Installation.Scalar(one, "kind") == "PrometheusRule");
        Assert.Equal(["groups"], Keys(rules, "spec"));
        return [.. Sequence(Mapping(rules, "spec"), "groups").SelectMany(group =>
        {
            Assert.Equal(["name", "rules"], Keys(group).Order(StringComparer.Ordinal));
            return Sequence(group, "rules");
        })];
    }

    /// <summary>The names in an expression that are neither functions nor labels nor words of the language.</summary>
    private static IEnumerable<string> Metrics(string expression)
    {
        var bare = Grouping().Replace(Braces().Replace(expression, " "), " ");
        return Name().Matches(bare).Select(name => name.Value).Where(name => name is not ("and" or "or" or "unless" or "bool" or "offset"));
    }

    private static YamlMappingNode Mapping(YamlMappingNode node, string key) => (YamlMappingNode)node.Children[new YamlScalarNode(key)];

    private static IEnumerable<YamlMappingNode> Sequence(YamlMappingNode node, string key) => ((YamlSequenceNode)node.Children[new YamlScalarNode(key)]).Cast<YamlMappingNode>();

    private static IEnumerable<string> Keys(YamlMappingNode node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = Mapping(node, key);
        }

        return [.. node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];
    }

    [GeneratedRegex(@"^\| `(?<name>Veltrix\w+)`(?<page> \(page\))? \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunbookRow();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HistogramPart();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|""[^""]*""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\b(\s*\([^)]*\))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w.])[a-zA-Z_:][\w:]*(?![\w:]*\s*\()", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
