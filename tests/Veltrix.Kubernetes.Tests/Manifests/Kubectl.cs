using System.ComponentModel;
using System.Diagnostics;

namespace Veltrix.Kubernetes.Tests.Manifests;

/// <summary>Renders kustomizations as operators do. It talks to no cluster.</summary>
internal static class Kubectl
{
    /// <summary>Why nothing can be rendered; null when it can.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>What `kubectl apply -k` would send for a folder.</summary>
    public static string Kustomize(string folder)
    {
        var (exit, output, errors) = Run("kustomize", folder);
        return exit == 0 ? output : throw new InvalidOperationException($"kubectl kustomize {folder} ended with {exit}: {errors}");
    }

    private static string? Find()
    {
        try
        {
            return Run("version", "--client").Exit == 0 ? null : "kubectl does not run here, so nothing is rendered.";
        }
        catch (Win32Exception)
        {
            return "kubectl is not on the PATH, so nothing is rendered; the manifests of the base are tested all the same.";
        }
    }

    private static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = kubectl.StandardError.ReadToEndAsync();
        var output = kubectl.StandardOutput.ReadToEnd();
        kubectl.WaitForExit();
        return (kubectl.ExitCode, output, errors.Result);
    }
}
