using System.Globalization;
using k8s.Models;

namespace Veltrix.Kubernetes.Tests.Manifests;

/// <summary>Something that makes pods: what of it the pods are like.</summary>
internal sealed record Workload(string Kind, V1ObjectMeta Metadata, V1PodTemplateSpec Template)
{
    public V1PodSpec Pod => Template.Spec;

    public string? Component => Template.Metadata.Labels.TryGetValue("app.kubernetes.io/component", out var component) ? component : null;

    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];

    /// <summary>The one that runs as long as the pod does.</summary>
    public V1Container Main => Assert.Single(Pod.Containers);

    /// <summary>The ports that the pod listens on, by name.</summary>
    public IReadOnlyDictionary<string, int> Ports => Pod.Containers.SelectMany(container => container.Ports ?? []).ToDictionary(port => port.Name, port => port.ContainerPort, StringComparer.Ordinal);

    /// <summary>The port's number, when the pod listens on it: by its number or by its name.</summary>
    public int? Port(IntOrString port) => Port(port.Value);

    public int? Port(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? Ports.Values.Contains(number) ? number : null
        : Ports.TryGetValue(port, out var named) ? named : null;

    public override string ToString() => $"{Kind} {Metadata.Name}";
}

/// <summary>What Kubernetes does with a selector.</summary>
internal static class Selectors
{
    /// <summary>Whether labels fit. An empty selector fits all.</summary>
    public static bool Fits(this V1LabelSelector selector, IDictionary<string, string> labels) =>
        Fits(selector.MatchLabels ?? new Dictionary<string, string>(), labels)
        && (selector.MatchExpressions ?? []).All(rule => rule.OperatorProperty switch
        {
            "In" => labels.TryGetValue(rule.Key, out var value) && rule.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(rule.Key, out var value) || !rule.Values.Contains(value),
            "Exists" => labels.ContainsKey(rule.Key),
            "DoesNotExist" => !labels.ContainsKey(rule.Key),
            _ => throw new NotSupportedException($"A selector's operator cannot be {rule.OperatorProperty}."),
        });

    public static bool Fits(IDictionary<string, string> wanted, IDictionary<string, string> labels) =>
        wanted.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
