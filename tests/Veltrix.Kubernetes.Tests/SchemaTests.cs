using System.Text.RegularExpressions;
using Veltrix.Kubernetes.Tests.Manifests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Veltrix.Kubernetes.Tests;

/// <summary>What Kubernetes says of a manifest before it looks at anything else.</summary>
public sealed partial class SchemaTests
{
    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Manifests_ReadStrictly_HoldOnlyFieldsThatKubernetesKnows(string which)
    {
        var installation = Installation.Read(which);

        Assert.True(installation.Objects.Count > 10);
        Assert.All(installation.Objects, one => Assert.False(string.IsNullOrEmpty(one.Kind) || string.IsNullOrEmpty(one.ApiVersion) || string.IsNullOrEmpty(one.Metadata.Name)));
        Assert.Distinct(installation.Objects.Select(one => $"{one.Kind} {one.Metadata.Name}"));
    }

    [Fact]
    public void Parser_AFieldThatKubernetesDoesNotKnow_IsRefused()
    {
        var yaml = File.ReadAllText(Path.Combine(Installation.Folder, "base", "silo.yaml"));

        Assert.Equal("silo", Installation.Parse(yaml).Workload("silo").Main.Name);
        Assert.ThrowsAny<YamlException>(() => Installation.Parse(yaml.Replace("readOnlyRootFilesystem:", "readOnlyRootFileSystem:", StringComparison.Ordinal)));
        Assert.ThrowsAny<YamlException>(() => Installation.Parse(yaml.Replace("  serviceName:", "  podManagementPolicy: Parallel\n  serviceName:", StringComparison.Ordinal)));
    }

    // The parser of the tests takes a number for a text; the server does not.
    [Theory]
    [MemberData(nameof(Installation.All), MemberType = typeof(Installation))]
    public void Manifests_WhereKubernetesWantsText_QuoteWhatLooksLikeSomethingElse(string which)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Installation.Read(which).Yaml));
        var texts = stream.Documents.SelectMany(document => Texts(document.RootNode, isText: false)).ToList();

        Assert.True(texts.Count > 50);
        Assert.DoesNotContain(texts, text => text.Style is ScalarStyle.Plain && NoText().IsMatch(text.Value ?? ""));
    }

    [Theory]
    [MemberData(nameof(Installation.Complete), MemberType = typeof(Installation))]
    public void Installation_EveryObject_IsInItsNamespace(string which)
    {
        var installation = Installation.Read(which);
        var space = Assert.Single(installation.Of<k8s.Models.V1Namespace>());

        Assert.All(installation.Objects.Where(one => !ReferenceEquals(one, space)), one => Assert.Equal(space.Metadata.Name, one.Metadata.NamespaceProperty));
        Assert.All(["enforce", "audit", "warn"], mode => Assert.Equal("restricted", space.Metadata.Labels[$"pod-security.kubernetes.io/{mode}"]));
    }

    private static IEnumerable<YamlScalarNode> Texts(YamlNode node, bool isText) => node switch
    {
        YamlScalarNode scalar => isText ? [scalar] : [],
        YamlSequenceNode sequence => sequence.SelectMany(one => Texts(one, isText)),
        YamlMappingNode mapping => mapping.SelectMany(pair => Texts(
            pair.Value, IsText(((YamlScalarNode)pair.Key).Value, mapping) || (isText && pair.Value is YamlScalarNode))),
        _ => [],
    };

    private static bool IsText(string? key, YamlMappingNode owner) =>
        key is "args" or "command" or "labels" or "annotations" or "matchLabels" or "nodeSelector" || (key is "value" && owner.Children.ContainsKey(new YamlScalarNode("name")));

    [GeneratedRegex("^(true|false|yes|no|on|off|null|~|[-+]?[0-9][0-9_]*([.][0-9]*)?(e[-+]?[0-9]+)?|0x[0-9a-fA-F]+|)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoText();
}
