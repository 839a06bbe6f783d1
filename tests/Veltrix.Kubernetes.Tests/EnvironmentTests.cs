using System.Text;
using k8s.Models;
using Veltrix.Gateway;
using Veltrix.Grains.Boards;
using Veltrix.Grains.Hunts;
using Veltrix.Grains.Players;
using Veltrix.Grains.Regions;
using Veltrix.Hosting.Cluster;
using Veltrix.Kubernetes.Tests.Manifests;
using Veltrix.Ledger;
using Veltrix.Silo;

namespace Veltrix.Kubernetes.Tests;

/// <summary>A variable that nobody reads is a setting that does not work. Each one has to be an option of its process, or one of a closed list.</summary>
public sealed class EnvironmentTests
{
    private const string SecretExample = "secret.example.yaml";

    /// <summary>What a process reads from its settings' sections.</summary>
    private static readonly Dictionary<string, Dictionary<string, Func<object>>> Sections = new()
    {
        ["silo"] = new()
        {
            [ClusterOptions.Section] = () => new ClusterOptions(),
            [SiloOptions.Section] = () => new SiloOptions(),
            ["Veltrix:Ledger"] = () => new LedgerOptions(),
            ["Veltrix:Players"] = () => new PlayerOptions(),
            ["Veltrix:Regions"] = () => new RegionOptions(),
            ["Veltrix:Hunts"] = () => new HuntOptions(),
            ["Veltrix:Boards"] = () => new BoardOptions(),
        },
        ["gateway"] = new()
        {
            [ClusterOptions.Section] = () => new ClusterOptions(),
            ["Veltrix:Gateway"] = () => new GatewayOptions(),
        },
        ["migrate"] = [],
        ["verify"] = [],
    };

    /// <summary>What is read by name, by whom.</summary>
    private static readonly Dictionary<string, string[]> Named = new(StringComparer.Ordinal)
    {
        ["VELTRIX_POSTGRES"] = ["migrate", "verify", "silo", "gateway"],
        ["VELTRIX_SECRET"] = ["gateway"],
        ["VELTRIX_OPERATOR_KEYS"] = ["gateway"],
        ["POD_NAME"] = ["silo", "gateway"],
        ["POD_IP"] = ["silo"],
        ["DOTNET_EnableDiagnostics"] = ["migrate", "verify", "silo", "gateway"],
        ["DOTNET_gcServer"] = ["migrate", "verify"],
        ["DOTNET_PROCESSOR_COUNT"] = ["silo", "gateway"],
        ["DOTNET_GCHeapHardLimitPercent"] = ["silo", "gateway"],
        ["DOTNET_TC_QuickJit"] = ["silo", "gateway"],
        ["ASPNETCORE_HTTP_PORTS"] = ["silo", "gateway"],
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = ["gateway"],
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = ["silo", "gateway"],
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = ["silo", "gateway"],
        ["OTEL_RESOURCE_ATTRIBUTES"] = ["silo", "gateway"],
    };

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Variables_OfEveryContainer_AreRead(string which) => Assert.All(Installation.Read(which).Own, workload => Assert.All(workload.Containers, container =>
    {
        var process = container.Args[0];
        Assert.Distinct(container.Env.Select(env => env.Name));
        foreach (var name in container.Env.Select(env => env.Name))
        {
            var known = name.Split("__") is ["Veltrix", var area, _, ..] ? Sections[process].ContainsKey($"Veltrix:{area}") : Named.TryGetValue(name, out var readers) && readers.Contains(process);
            Assert.True(known, $"{workload}: no {process} reads {name}");
        }

        // The real options refuse a name that they do not have, and a value that does not fit the name.
        Assert.All(Sections[process], section => Settings.Of(container).Bound(section.Key, section.Value()));
    }));

    [Fact]
    public void Settings_ANameThatNoOptionHas_IsFound()
    {
        var container = new V1Container { Env = [new V1EnvVar { Name = "Veltrix__Silo__ShutDown", Value = "1" }] };
        Assert.Throws<InvalidOperationException>(() => Settings.Of(container).Bound(SiloOptions.Section, new SiloOptions()));
    }

    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Secrets_AreNamedAndNeverThere(string which)
    {
        var installation = Installation.Read(which);
        var example = Example();
        var wanted = installation.Workloads.SelectMany(workload => workload.Containers).SelectMany(container => container.Env ?? []).Where(env => env.ValueFrom?.SecretKeyRef is not null).ToList();

        Assert.Empty(installation.Of<V1Secret>());
        Assert.DoesNotContain(installation.Workloads.SelectMany(workload => workload.Containers), container => container.EnvFrom is { Count: > 0 });
        Assert.All(wanted, env =>
        {
            var (name, key) = (env.ValueFrom.SecretKeyRef.Name, env.ValueFrom.SecretKeyRef.Key);
            Assert.Contains(key, Assert.Single(example, secret => secret.Metadata.Name == name).StringData.Keys);
            Assert.True(string.IsNullOrEmpty(env.Value) && env.ValueFrom.SecretKeyRef.Optional is null or false);
        });

        // The key whose name says that it is secret comes from a Secret only.
        Assert.All(
            installation.Workloads.SelectMany(workload => workload.Containers).SelectMany(container => container.Env ?? []).Where(env => env.Name is "VELTRIX_POSTGRES" or "VELTRIX_SECRET" or "VELTRIX_OPERATOR_KEYS" or "POSTGRES_PASSWORD"),
            env => Assert.Contains(env, wanted));
    }

    [Fact]
    public void SecretExample_IsInNoKustomization()
    {
        var kustomizations = Directory.GetFiles(Installation.Folder, "kustomization.yaml", SearchOption.AllDirectories);

        Assert.True(kustomizations.Length >= 6);
        Assert.All(kustomizations, file => Assert.DoesNotContain(SecretExample, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(kustomizations, file => Assert.DoesNotContain("secretGenerator", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void Files_OfTheFolder_HoldNoSecret()
    {
        var secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("vop_"));
        Assert.All(Directory.GetFiles(Installation.Folder, "*", SearchOption.AllDirectories), file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotMatch("vop_[A-Za-z0-9_-]{16,}|postgres(ql)?://[^:/ ]+:[^@$ .]{3,}@|-----BEGIN", text);
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        });
    }

    /// <summary>The Secrets of the example, as they would be sent.</summary>
    internal static IReadOnlyList<V1Secret> Example() => [.. Installation.Parse(File.ReadAllText(Path.Combine(Installation.Folder, SecretExample))).Of<V1Secret>()];
}
