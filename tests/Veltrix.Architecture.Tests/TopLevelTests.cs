using System.Diagnostics;

namespace Veltrix.Architecture.Tests;

public class TopLevelTests
{
    private static readonly string[] Allowed = ["src", "tests", "k8s", "Veltrix.sln", "README.md", "global.json"];

    [Fact]
    public async Task Repository_TopLevel_HoldsNothingElse()
    {
        var tracked = await TrackedAsync();
        Assert.Contains("Veltrix.sln", tracked);
        Assert.DoesNotContain(
            tracked.Except(Allowed), name => !name.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal));
    }

    private static async Task<string[]> TrackedAsync()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z"])
            {
                WorkingDirectory = Repository.Root.FullName,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var listed = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await git.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(git.ExitCode != 0, "This folder is no git checkout.");
            return [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(path => path.Split('/')[0]).Distinct()];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("git is not installed.");
            throw;
        }
    }
}
