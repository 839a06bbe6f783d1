using k8s.Models;

namespace Veltrix.Kubernetes.Tests.Manifests;

/// <summary>One end of a connection: a pod of the installation, a pod elsewhere, or an address outside of the cluster.</summary>
/// <param name="Name">what to call it</param>
/// <param name="Namespace">the pod's namespace; null for an address outside</param>
/// <param name="Labels">the pod's labels</param>
internal sealed record Peer(string Name, string? Namespace, IDictionary<string, string> Labels)
{
    public static Peer Outside { get; } = new("outside", null, new Dictionary<string, string>());

    public static Peer Elsewhere(string space, params (string Key, string Value)[] labels) =>
        new(space, space, labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal));
}

/// <summary>Which connections the NetworkPolicies of an installation let through, by the rules of Kubernetes.</summary>
internal sealed class Network(Installation installation)
{
    private readonly List<V1NetworkPolicy> _policies = [.. installation.Of<V1NetworkPolicy>()];

    public IEnumerable<Peer> Pods => installation.Workloads.Select(workload => new Peer(workload.Component!, workload.Metadata.NamespaceProperty, workload.Labels));

    /// <summary>Whether a connection arrives: the one end must be allowed to send it and the other to take it.</summary>
    public bool Allows(Peer from, Peer to, int port, string protocol = "TCP") =>
        Passes(from, "Egress", policy => (policy.Spec.Egress ?? []).Any(rule => Fits(rule.Ports, port, protocol, to) && Fits(rule.To, to, policy)))
        && Passes(to, "Ingress", policy => (policy.Spec.Ingress ?? []).Any(rule => Fits(rule.Ports, port, protocol, to) && Fits(rule.FromProperty, from, policy)));

    private bool Passes(Peer pod, string direction, Func<V1NetworkPolicy, bool> allows)
    {
        var policies = _policies.FindAll(policy =>
            pod.Namespace == policy.Metadata.NamespaceProperty && policy.Spec.PolicyTypes.Contains(direction) && policy.Spec.PodSelector.Fits(pod.Labels));
        return policies.Count == 0 || policies.Exists(policy => allows(policy));
    }

    private bool Fits(IList<V1NetworkPolicyPort>? ports, int port, string protocol, Peer to) =>
        ports is not { Count: > 0 } || ports.Any(one => (one.Protocol ?? "TCP") == protocol && Number(one.Port, to) == port);

    private int? Number(IntOrString port, Peer to) => int.TryParse(port.Value, out var number)
        ? number
        : installation.Workloads.Where(workload => ReferenceEquals(workload.Labels, to.Labels)).Select(workload => workload.Port(port)).SingleOrDefault();

    private static bool Fits(IList<V1NetworkPolicyPeer>? peers, Peer peer, V1NetworkPolicy policy) =>
        peers is not { Count: > 0 } || peers.Any(one => one.IpBlock is not null
            ? peer.Namespace is null
            : peer.Namespace is not null
                && (one.NamespaceSelector is { } spaces
                    ? spaces.Fits(new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = peer.Namespace })
                    : peer.Namespace == policy.Metadata.NamespaceProperty)
                && (one.PodSelector?.Fits(peer.Labels) ?? true));
}
