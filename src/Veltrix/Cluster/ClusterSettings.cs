using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace Veltrix.Commands.Cluster;

/// <summary>
/// Where a process of the cluster gets its settings from, the later over the earlier: appsettings.json in the working directory, the file of --config, the environment,
/// the command line. Names are those of .NET's configuration: Veltrix:Silo:SiloPort in a file is Veltrix__Silo__SiloPort in the environment.
/// </summary>
internal static class ClusterSettings
{
    public static readonly Option<FileInfo?> Config = new("--config")
    {
        Description = "A JSON file with settings.",
        HelpName = "FILE",
    };

    public static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "The cluster's name, veltrix by default. Processes of one name in one database belong together.",
        HelpName = "NAME",
    };

    public static readonly Option<bool> Migrate = new("--migrate")
    {
        Description = "Bring the database's tables up to date at start, as `veltrix migrate` does.",
    };

    /// <exception cref="ClusterSettingsException">The file is not there or is no JSON.</exception>
    public static void Read(WebApplicationBuilder builder, ParseResult given, params ReadOnlySpan<(string Setting, string? Value)> commandLine)
    {
        var configuration = builder.Configuration;
        if (given.GetValue(Config) is { } file)
        {
            try
            {
                configuration.AddJsonFile(file.FullName, optional: false, reloadOnChange: false);
            }
            catch (Exception problem) when (problem is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
            {
                throw new ClusterSettingsException($"--config '{file}' cannot be read: {(problem.InnerException ?? problem).Message}", problem);
            }

            configuration.AddEnvironmentVariables();
        }

        // A pod is told its name and address by these two.
        var own = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        FromPod("POD_NAME", "Veltrix:Silo:Name");
        FromPod("POD_IP", "Veltrix:Silo:Address");
        foreach (var (setting, value) in commandLine)
        {
            if (value is not null)
            {
                own[setting] = value;
            }
        }

        if (given.GetValue(Cluster) is { } cluster)
        {
            own["Veltrix:Cluster:Name"] = cluster;
        }

        configuration.AddInMemoryCollection(own);

        void FromPod(string variable, string setting)
        {
            if (configuration[variable] is { Length: > 0 } value && configuration[setting] is null)
            {
                own[setting] = value;
            }
        }
    }

    /// <summary>Where the process listens for HTTP, when nothing else says so.</summary>
    public static void ListenByDefault(WebApplicationBuilder builder, string url)
    {
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            builder.WebHost.UseUrls(url);
        }
    }
}

/// <summary>A setting cannot be used. The message says which, and how to set it.</summary>
internal sealed class ClusterSettingsException(string message, Exception? inner = null) : Exception(message, inner);
