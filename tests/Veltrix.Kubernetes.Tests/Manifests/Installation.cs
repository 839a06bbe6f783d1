using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Veltrix.Kubernetes.Tests.Manifests;

/// <summary>Everything that one kustomization sends to a cluster, read strictly: a field that Kubernetes does not know is an error.</summary>
internal sealed class Installation
{
    /// <summary>The base as it stands in its files, which needs no kubectl.</summary>
    public const string BaseFiles = "the base's files";
    public const string Base = "base";
    public const string Dev = "overlays/dev";
    public const string Prod = "overlays/prod";

    /// <summary>The prod overlay with every component that there is.</summary>
    public const string Full = "overlays/prod with all components";

    private static readonly ConcurrentDictionary<string, Installation> Known = new(StringComparer.Ordinal);

    private Installation(string yaml)
    {
        Yaml = yaml;
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var documents = stream.Documents.Select(document => (YamlMappingNode)document.RootNode).ToList();
        Custom = [.. documents.Where(IsCustom)];
        Objects = [.. documents.Where(document => !IsCustom(document)).SelectMany(document => KubernetesYaml.LoadAllFromString(Text(document), strict: true)).Cast<IKubernetesObject<V1ObjectMeta>>()];
        Workloads =
        [
            .. Of<V1CronJob>().Select(cron => new Workload("CronJob", cron.Metadata, cron.Spec.JobTemplate.Spec.Template)),
            .. Of<V1Job>().Select(job => new Workload("Job", job.Metadata, job.Spec.Template)),
            .. Of<V1StatefulSet>().Select(set => new Workload("StatefulSet", set.Metadata, set.Spec.Template)),
            .. Of<V1Deployment>().Select(deployment => new Workload("Deployment", deployment.Metadata, deployment.Spec.Template)),
        ];
    }

    /// <summary>All there is.</summary>
    public static TheoryData<string> All => [BaseFiles, Base, Dev, Prod, Full];

    /// <summary>Those that can be applied: they say where the database is.</summary>
    public static TheoryData<string> Complete => [Dev, Prod, Full];

    public static string Folder { get; } = Path.Combine(Root(), "k8s");

    /// <summary>As it was read.</summary>
    public string Yaml { get; }

    /// <summary>What Kubernetes itself knows.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>What extensions of Kubernetes know.</summary>
    public IReadOnlyList<YamlMappingNode> Custom { get; }

    /// <summary>Everything that makes pods.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    /// <summary>The pods that run veltrix.</summary>
    public IEnumerable<Workload> Own => Workloads.Where(workload => workload.Component is not "postgres");

    /// <summary>Reads one of <see cref="All"/>; skips the test where that takes a kubectl that is not there.</summary>
    public static Installation Read(string which)
    {
        Assert.SkipWhen(which != BaseFiles && Kubectl.Missing is not null, Kubectl.Missing ?? "");
        return Known.GetOrAdd(which, static which => new Installation(which switch
        {
            BaseFiles => Files(Path.Combine(Folder, "base")),
            Full => WithAllComponents(Prod),
            _ => Kubectl.Kustomize(Path.Combine(Folder, which)),
        }));
    }

    public static Installation Parse(string yaml) => new(yaml);

    public IEnumerable<T> Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>();

    public Workload Workload(string component) => Assert.Single(Workloads, workload => workload.Component == component);

    /// <summary>The value at a path of keys in what extensions know; null when there is none.</summary>
    public static string? Scalar(YamlNode node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(new YamlScalarNode(key), out node!))
            {
                return null;
            }
        }

        return (node as YamlScalarNode)?.Value;
    }

    private static bool IsCustom(YamlMappingNode document) => Scalar(document, "apiVersion") is { } version && version.StartsWith("monitoring.coreos.com/", StringComparison.Ordinal);

    private static string Text(YamlMappingNode document)
    {
        var text = new StringWriter();
        new YamlStream(new YamlDocument(document)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static string Files(string folder)
    {
        var kustomization = new YamlStream();
        kustomization.Load(new StringReader(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))));
        var resources = (YamlSequenceNode)((YamlMappingNode)kustomization.Documents[0].RootNode).Children[new YamlScalarNode("resources")];
        return string.Join("\n---\n", resources.Select(resource => File.ReadAllText(Path.Combine(folder, ((YamlScalarNode)resource).Value!))));
    }

    private static string WithAllComponents(string overlay)
    {
        var given = File.ReadAllText(Path.Combine(Folder, overlay, "kustomization.yaml"));
        var missing = Directory.GetDirectories(Path.Combine(Folder, "components")).Where(component => !given.Contains($"\n  - ../../components/{Path.GetFileName(component)}\n", StringComparison.Ordinal));
        using var folder = new Testing.Processes.TemporaryFolder();
        File.WriteAllText(
            folder.Of("kustomization.yaml"),
            $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: veltrix
            resources: [{From(Path.Combine(Folder, overlay))}]
            components: [{string.Join(", ", missing.Select(From))}]
            """);
        return Kubectl.Kustomize(folder.Path);

        string From(string path) => Path.GetRelativePath(folder.Path, path);
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
}
