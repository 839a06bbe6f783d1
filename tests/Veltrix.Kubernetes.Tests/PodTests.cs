using System.Globalization;
using System.Xml.Linq;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Veltrix.Gateway;
using Veltrix.Kubernetes.Tests.Manifests;
using Veltrix.Silo;

namespace Veltrix.Kubernetes.Tests;

/// <summary>What the schema cannot see of the pods themselves.</summary>
public sealed class PodTests
{
    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Probes_Ports_AreThoseOfTheContainer(string which)
    {
        var installation = Installation.Read(which);

        Assert.All(installation.Workloads.Where(workload => workload.Kind is "StatefulSet" or "Deployment"), workload =>
        {
            V1Probe?[] probes = [workload.Main.StartupProbe, workload.Main.ReadinessProbe, workload.Main.LivenessProbe];
            Assert.All(probes, probe =>
            {
                Assert.NotNull(probe);
                Assert.True(probe.Exec is not null || workload.Port(probe.HttpGet?.Port ?? probe.TcpSocket.Port) is not null, $"{workload} has no port for a probe");

                // A probe that may take longer than its period is late for the next one.
                Assert.InRange(probe.TimeoutSeconds ?? 1, 1, probe.PeriodSeconds ?? 10);
            });
        });
        Assert.All(installation.Workloads.Where(workload => workload.Component is "silo" or "gateway"), workload => Assert.Equal(
            ["/started", "/health", "/alive"], [workload.Main.StartupProbe.HttpGet.Path, workload.Main.ReadinessProbe.HttpGet.Path, workload.Main.LivenessProbe.HttpGet.Path]));
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void GracePeriod_CoversPreStopAndShutdown_WithRoomLeft(string which)
    {
        var installation = Installation.Read(which);
        var silo = Settings.Of(installation.Workload("silo").Main).Bound("Veltrix:Silo", new SiloOptions());
        var gateway = Settings.Of(installation.Workload("gateway").Main).Bound("Veltrix:Gateway", new GatewayOptions());

        Check(installation.Workload("silo"), silo.ShutdownTime);
        Check(installation.Workload("gateway"), gateway.ShutdownTime);

        static void Check(Workload workload, TimeSpan shutdown)
        {
            var preStop = TimeSpan.FromSeconds(workload.Main.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0);
            var grace = TimeSpan.FromSeconds(workload.Pod.TerminationGracePeriodSeconds ?? 30);
            Assert.True(grace >= preStop + shutdown + TimeSpan.FromSeconds(5), $"{workload}: {preStop} of preStop and {shutdown} of shutdown need more than {grace}.");
        }
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Pods_Rights_AreNone(string which)
    {
        var installation = Installation.Read(which);

        Assert.DoesNotContain(installation.Objects, one => one.Kind.Contains("Role", StringComparison.Ordinal));
        Assert.All(installation.Of<V1ServiceAccount>(), account => Assert.False(account.AutomountServiceAccountToken));
        Assert.All(installation.Workloads, workload =>
        {
            Assert.Contains(installation.Of<V1ServiceAccount>(), account => account.Metadata.Name == workload.Pod.ServiceAccountName);
            Assert.False(workload.Pod.AutomountServiceAccountToken);
            Assert.False(workload.Pod.EnableServiceLinks);
            Assert.True(workload.Pod.SecurityContext.RunAsNonRoot);
            Assert.True(workload.Pod.SecurityContext.RunAsUser > 0);
            Assert.Equal("RuntimeDefault", workload.Pod.SecurityContext.SeccompProfile.Type);
            Assert.All(workload.Containers, container =>
            {
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Empty(container.SecurityContext.Capabilities.Add ?? []);
                Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
                Assert.All(container.VolumeMounts, mount => Assert.Contains(
                    mount.Name, (workload.Pod.Volumes ?? []).Select(volume => volume.Name).Concat(installation.Of<V1StatefulSet>().SelectMany(set => set.Spec.VolumeClaimTemplates ?? []).Select(claim => claim.Metadata.Name))));
            });
            Assert.All(workload.Pod.Volumes ?? [], volume => Assert.NotNull(volume.EmptyDir?.SizeLimit));
        });
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Pods_Resources_AreRequestedAndMemoryIsBounded(string which) => Assert.All(Installation.Read(which).Workloads, workload => Assert.All(workload.Containers, container =>
    {
        Assert.True(container.Resources.Requests.ContainsKey("cpu"), $"{workload}: {container.Name} requests no processor");
        Assert.True(container.Resources.Requests["memory"].ToDecimal() <= container.Resources.Limits["memory"].ToDecimal());

        // Throttled, a silo would miss its probes.
        Assert.False(container.Resources.Limits.ContainsKey("cpu"), $"{workload}: {container.Name} has a CPU limit");
    }));

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Images_OfOneInstallation_AreOneImage(string which)
    {
        var installation = Installation.Read(which);
        var image = Assert.Single(installation.Own.SelectMany(workload => workload.Containers).Select(container => container.Image).Distinct(StringComparer.Ordinal));
        var (name, tag) = (image[..image.LastIndexOf(':')], image[(image.LastIndexOf(':') + 1)..]);

        Assert.Equal("veltrix", name.Split('/')[^1]);
        Assert.Equal(Version(), tag);
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void MigrationJob_Name_IsThatOfTheImagesTag(string which)
    {
        var job = Installation.Read(which).Workload("migrate");

        Assert.Equal($"veltrix-migrate-{job.Main.Image[(job.Main.Image.LastIndexOf(':') + 1)..]}", job.Metadata.Name);
        Assert.Equal(["migrate"], job.Main.Args);
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Replicas_AreNobodysButTheOperators(string which)
    {
        var installation = Installation.Read(which);

        Assert.Null(Assert.Single(installation.Of<V1StatefulSet>(), set => set.Metadata.Name == "veltrix-silo").Spec.Replicas);
        Assert.Null(Assert.Single(installation.Of<V1Deployment>()).Spec.Replicas);
        Assert.DoesNotContain(installation.Of<V2HorizontalPodAutoscaler>(), scaler => scaler.Spec.ScaleTargetRef.Kind == "StatefulSet");
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Silos_ComeAndGo_OneAfterTheOther(string which)
    {
        var installation = Installation.Read(which);
        var set = Assert.Single(installation.Of<V1StatefulSet>(), set => set.Metadata.Name == "veltrix-silo");

        Assert.Equal("OrderedReady", set.Spec.PodManagementPolicy);
        Assert.Equal("RollingUpdate", set.Spec.UpdateStrategy.Type);
        Assert.Empty(set.Spec.VolumeClaimTemplates ?? []);
        var service = Assert.Single(installation.Of<V1Service>(), service => service.Metadata.Name == set.Spec.ServiceName);
        Assert.Equal("None", service.Spec.ClusterIP);
        Assert.Equal(("metadata.name", "status.podIP"), (Field("POD_NAME"), Field("POD_IP")));

        string? Field(string variable) => installation.Workload("silo").Main.Env.Single(env => env.Name == variable).ValueFrom.FieldRef.FieldPath;
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void Pods_OfOneKind_SpreadOverNodesAndZones(string which)
    {
        var installation = Installation.Read(which);

        Assert.All([installation.Workload("silo"), installation.Workload("gateway")], workload =>
        {
            var rules = workload.Pod.TopologySpreadConstraints;
            Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], rules.Select(rule => rule.TopologyKey));
            Assert.All(rules, rule => Assert.Equal([workload], installation.Workloads.Where(other => rule.LabelSelector.Fits(other.Labels))));
        });
    }

    [Fact]
    public void DevDatabase_Connections_SufficeForWhatItSays()
    {
        var args = Installation.Read(Installation.Dev).Workload("postgres").Main.Args;
        var most = int.Parse(Assert.Single(args, arg => arg.StartsWith("max_connections=", StringComparison.Ordinal)).Split('=')[1], CultureInfo.InvariantCulture);
        var ledger = new Veltrix.Ledger.LedgerOptions();
        var pool = Hosting.Storage.Postgres.PostgresConnection.Read("Host=db", "test").MaxPoolSize;
        var (silo, gateway) = (pool + ledger.Writers + ledger.Readers, pool);

        Assert.Equal((30, 18), (silo, gateway));
        Assert.InRange((6 * silo) + (5 * gateway) + 10, 1, most - 3);
    }

    private static string Version() =>
        XDocument.Load(Path.Combine(Installation.Folder, "..", "Directory.Build.props")).Descendants("Version").Single().Value;
}
