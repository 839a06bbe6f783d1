using k8s.Models;
using Veltrix.Kubernetes.Tests.Manifests;

namespace Veltrix.Kubernetes.Tests;

/// <summary>Whether what is named in one place is there in the other.</summary>
public sealed class SelectorTests
{
    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Workloads_Selectors_FitTheirOwnPodsOnly(string which)
    {
        var installation = Installation.Read(which);
        (string Name, V1LabelSelector Selector)[] selectors =
        [
            .. installation.Of<V1StatefulSet>().Select(set => (set.Metadata.Name, set.Spec.Selector)),
            .. installation.Of<V1Deployment>().Select(deployment => (deployment.Metadata.Name, deployment.Spec.Selector)),
        ];

        Assert.All(selectors, one => Assert.Equal(one.Name, Assert.Single(installation.Workloads, workload => one.Selector.Fits(workload.Labels)).Metadata.Name));
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Services_Ports_AreThoseOfThePodsThatTheySelect(string which)
    {
        var installation = Installation.Read(which);

        Assert.All(installation.Of<V1Service>(), service =>
        {
            var workload = Assert.Single(installation.Workloads, workload => Selectors.Fits(service.Spec.Selector, workload.Labels));
            Assert.All(service.Spec.Ports, port => Assert.True(workload.Port(port.TargetPort) is not null, $"{workload} has no port {port.TargetPort.Value} for its Service"));
        });
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void DisruptionBudgets_SelectOneKindOfPod_AndLeaveRoomForItsEviction(string which)
    {
        var installation = Installation.Read(which);
        var budgets = installation.Of<V1PodDisruptionBudget>().ToList();

        Assert.All(budgets, budget =>
        {
            Assert.Single(installation.Workloads, workload => budget.Spec.Selector.Fits(workload.Labels));
            Assert.Equal("1", budget.Spec.MaxUnavailable?.Value);
            Assert.Null(budget.Spec.MinAvailable);
        });
        Assert.All(["silo", "gateway"], component => Assert.Contains(budgets, budget => budget.Spec.Selector.Fits(installation.Workload(component).Labels)));
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void Ingresses_Backends_AreServices(string which)
    {
        var installation = Installation.Read(which);
        var backends = installation.Of<V1Ingress>().SelectMany(ingress => ingress.Spec.Rules).SelectMany(rule => rule.Http.Paths).Select(path => path.Backend.Service).ToList();

        Assert.Equal(which != Installation.Dev, backends.Count > 0);
        Assert.All(backends, backend =>
            Assert.Contains(backend.Port.Name, Assert.Single(installation.Of<V1Service>(), service => service.Metadata.Name == backend.Name).Spec.Ports.Select(port => port.Name)));
        Assert.All(installation.Of<V1Ingress>(), ingress =>
            Assert.Equal(ingress.Spec.Rules.Select(rule => rule.Host), ingress.Spec.Tls.SelectMany(tls => tls.Hosts)));
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void Autoscalers_Targets_RequestWhatIsMeasured(string which)
    {
        var installation = Installation.Read(which);

        Assert.Equal(which != Installation.Dev, installation.Of<V2HorizontalPodAutoscaler>().Any());
        Assert.All(installation.Of<V2HorizontalPodAutoscaler>(), scaler =>
        {
            var target = Assert.Single(installation.Workloads, workload => (workload.Kind, workload.Metadata.Name) == (scaler.Spec.ScaleTargetRef.Kind, scaler.Spec.ScaleTargetRef.Name));
            Assert.All(scaler.Spec.Metrics, metric => Assert.True(target.Main.Resources.Requests.ContainsKey(metric.Resource.Name)));
            Assert.InRange(scaler.Spec.MinReplicas ?? 1, 2, scaler.Spec.MaxReplicas);
        });
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void NetworkPolicies_LetThroughWhatIsNeeded_AndNothingElse(string which)
    {
        var network = new Network(Installation.Read(which));
        var (prometheus, ingress, database) = (which is Installation.Full, which is not Installation.Dev, which is Installation.Dev);
        var dns = Peer.Elsewhere("kube-system", ("k8s-app", "kube-dns"));
        var monitoring = Peer.Elsewhere("monitoring", ("app.kubernetes.io/name", "prometheus"));
        Peer[] peers = [.. network.Pods, dns, monitoring, Peer.Elsewhere("ingress-nginx"), Peer.Elsewhere("default"), Peer.Outside];
        int[] ports = [53, 80, 443, 5432, 6443, 8080, 8081, 9464, 11111, 30000];

        // What leaves towards the outside is only the sender's to allow, and what comes from outside only the receiver's.
        var passes =
            from sender in peers
            from receiver in peers
            where network.Pods.Contains(sender) || network.Pods.Contains(receiver)
            from port in ports
            where network.Allows(sender, receiver, port)
            select $"{sender.Name} > {receiver.Name} {port}";

        string[] expected =
        [
            "silo > silo 11111", "gateway > silo 30000",
            .. network.Pods.Select(pod => $"{pod.Name} > kube-system 53"),
            .. database
                ? ["migrate > postgres 5432", "verify > postgres 5432", "silo > postgres 5432", "gateway > postgres 5432"]
                : from pod in (string[])["migrate", "verify", "silo", "gateway"]
                  from place in (string[])["kube-system", "monitoring", "ingress-nginx", "default", "outside"]
                  select $"{pod} > {place} 5432",
            .. ingress ? ["ingress-nginx > gateway 8080"] : (string[])["kube-system > gateway 8080", "monitoring > gateway 8080", "ingress-nginx > gateway 8080", "default > gateway 8080", "outside > gateway 8080"],
            .. prometheus ? ["monitoring > silo 8081", "monitoring > gateway 9464"] : (string[])[],
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), passes.Order(StringComparer.Ordinal));
        Assert.All(network.Pods, pod => Assert.True(network.Allows(pod, dns, 53, "UDP"), $"{pod.Name} cannot ask for names"));
    }
}
