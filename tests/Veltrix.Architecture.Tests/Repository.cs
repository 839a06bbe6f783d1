using System.Reflection;

namespace Veltrix.Architecture.Tests;

/// <summary>The checkout that the tests were built from, and the assemblies that it made.</summary>
internal static class Repository
{
    public static DirectoryInfo Root { get; } = FindRoot();

    /// <summary>Every assembly of ours that ships.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Root.FullName, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Select(name => Assembly.Load(string.Equals(name, "Veltrix", StringComparison.Ordinal) ? "veltrix" : name)),
    ];

    /// <summary>Every type that a developer wrote in them: what the compiler or Orleans generates is left out.</summary>
    public static IEnumerable<Type> Types => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace is { } space && space.StartsWith("Veltrix", StringComparison.Ordinal))
        .Where(type => !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute))
            && !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute)));

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Veltrix.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Veltrix.sln above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
