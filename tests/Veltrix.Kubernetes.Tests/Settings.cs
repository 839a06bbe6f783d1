using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Veltrix.Kubernetes.Tests;

/// <summary>What a container's variables mean to the process in it, by the rules of .NET's configuration.</summary>
internal sealed class Settings
{
    private readonly IConfigurationRoot _configuration;

    private Settings(IEnumerable<KeyValuePair<string, string?>> variables) => _configuration = new ConfigurationBuilder().AddInMemoryCollection(variables).Build();

    public static Settings Of(V1Container container) =>
        new((container.Env ?? []).Select(env => KeyValuePair.Create<string, string?>(env.Name.Replace("__", ":", StringComparison.Ordinal), env.Value)));

    /// <summary>The real options with the variables in them.</summary>
    /// <exception cref="InvalidOperationException">A variable names no option, or its value is none for it.</exception>
    public T Bound<T>(string section, T options)
        where T : class
    {
        _configuration.GetSection(section).Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }
}
