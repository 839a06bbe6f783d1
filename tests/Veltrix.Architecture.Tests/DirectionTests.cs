using System.Xml.Linq;

namespace Veltrix.Architecture.Tests;

/// <summary>Which part may look at which. A part that is new here must be given its place, or the first test fails.</summary>
public class DirectionTests
{
    private static readonly Dictionary<string, string[]> MayLookAt = new()
    {
        ["Veltrix.Protocol"] = [],
        ["Veltrix.World"] = [],
        ["Veltrix.Contracts"] = ["Veltrix.World"],
        ["Veltrix.Grains"] = ["Veltrix.Contracts", "Veltrix.World"],
        ["Veltrix.Hosting"] = ["Veltrix.Contracts", "Veltrix.World"],

        // The ledger's store lies in the data folder that Hosting opens, guards and migrates for all that is stored.
        ["Veltrix.Ledger"] = ["Veltrix.Contracts", "Veltrix.World", "Veltrix.Hosting"],
        ["Veltrix.Silo"] = ["Veltrix.Grains", "Veltrix.Ledger", "Veltrix.Hosting", "Veltrix.Contracts", "Veltrix.World"],
        ["Veltrix.Gateway"] = ["Veltrix.Contracts", "Veltrix.Protocol", "Veltrix.World", "Veltrix.Hosting"],
        ["Veltrix.Client"] = ["Veltrix.Protocol"],

        // The command alone sees both sides.
        ["Veltrix"] =
        [
            "Veltrix.Silo", "Veltrix.Gateway", "Veltrix.Client", "Veltrix.Protocol", "Veltrix.World", "Veltrix.Contracts",
            "Veltrix.Hosting", "Veltrix.Ledger", "Veltrix.Grains",
        ],
    };

    public static TheoryData<string> Parts => [.. Projects().Select(file => Path.GetFileNameWithoutExtension(file))];

    [Fact]
    public void Parts_OfTheSource_AllHaveTheirPlace() =>
        Assert.Equal(MayLookAt.Keys.Order(StringComparer.Ordinal), Projects().Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Parts))]
    public void Project_References_FollowTheDirection(string part)
    {
        var project = Projects().Single(file => Path.GetFileNameWithoutExtension(file) == part);
        var references = XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(references.Except(MayLookAt[part]));
    }

    // Project references reach further than they say: the built assembly tells what is used.
    [Theory]
    [MemberData(nameof(Parts))]
    public void Assembly_UsesOnly_WhatItMayLookAt(string part)
    {
        var assembly = Repository.Assemblies.Single(one => string.Equals(one.GetName().Name, part, StringComparison.OrdinalIgnoreCase));
        var used = assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Veltrix", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(used.Except(MayLookAt[part]));
    }

    [Theory]
    [InlineData("Veltrix.Protocol")]
    [InlineData("Veltrix.World")]
    [InlineData("Veltrix.Client")]
    public void Assembly_ThatIsPure_KnowsNothingOfOrleans(string part)
    {
        var assembly = Repository.Assemblies.Single(one => one.GetName().Name == part);
        Assert.DoesNotContain(assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Orleans", StringComparison.Ordinal));
    }

    private static string[] Projects() => Directory.GetFiles(Path.Combine(Repository.Root.FullName, "src"), "*.csproj", SearchOption.AllDirectories);
}
