using System.Reflection;
using OpenTelemetry.Resources;

namespace Veltrix.Hosting.Telemetry;

/// <summary>Which process tells: its service, its instance, its version.</summary>
/// <param name="service">what it is</param>
/// <param name="instance">which one it is; null: machine and process tell</param>
internal sealed class ProcessResource(string service, string? instance) : IResourceDetector
{
    public Resource Detect() => new(
    [
        new("service.name", service),
        new("service.instance.id", instance is { Length: > 0 } ? instance : $"{Environment.MachineName}-{Environment.ProcessId}"),
        new("service.version", Version()),
    ]);

    // What follows the plus sign is the commit, which would make a new series of every build.
    private static string Version() =>
        typeof(ProcessResource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
