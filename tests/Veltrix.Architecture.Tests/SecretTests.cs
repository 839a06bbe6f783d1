using System.Text.RegularExpressions;

namespace Veltrix.Architecture.Tests;

/// <summary>Nothing that ships holds a secret that would work: a default that works is everybody's.</summary>
public partial class SecretTests
{
    [Fact]
    public void Files_ThatShip_HoldNoKeyAndNoSecret()
    {
        var root = Repository.Root.FullName;
        string[] files =
        [
            Path.Combine(root, "README.md"),
            .. ((string[])["src", "k8s"]).Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                .Where(file => Path.GetExtension(file) is ".cs" or ".json" or ".md" or ".yaml" or ".yml" or ".html" or ".js" or ".env" or ""),
        ];

        Assert.True(files.Length > 100, $"only {files.Length} files were looked at");
        Assert.All(files, file =>
        {
            var found = Secret().Match(File.ReadAllText(file));
            Assert.False(found.Success, $"{Path.GetRelativePath(root, file)} holds {found.Value}");
        });
    }

    // An operator's key; or 32 and more bytes in base64 where a secret stands.
    [GeneratedRegex("""vop_[A-Za-z0-9_-]{32,}|(?:VELTRIX_SECRET|PlayerTokens(?:__|:)Key)["']?\s*[:=]\s*["']?[A-Za-z0-9+/]{42,}""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Secret();
}
