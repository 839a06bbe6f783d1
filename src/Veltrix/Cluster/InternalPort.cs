using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Veltrix.Gateway;

namespace Veltrix.Commands.Cluster;

/// <summary>Makes a gateway listen on its internal port, on the same addresses as on the public one.</summary>
internal static class InternalPort
{
    private const string Setting = $"Veltrix:Gateway:{nameof(GatewayOptions.InternalPort)}";
    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Adds the port to where the gateway listens. Does nothing where there is none, or where it is out of range, which the options' own check says.</summary>
    /// <exception cref="ClusterSettingsException">The port is the one that players use.</exception>
    public static void Listen(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (!int.TryParse(configuration[Setting], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
        {
            return;
        }

        // Kestrel takes its own section, or else the list of addresses: the port has to go where the public one is.
        var section = configuration.GetSection(Endpoints).GetChildren().Select(static endpoint => endpoint["Url"]).OfType<string>().ToArray();
        var open = section is [] ? configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : section;
        var addresses = Array.ConvertAll(open, BindingAddress.Parse);
        if (Array.Exists(addresses, address => address.Port == port))
        {
            throw new ClusterSettingsException($"{Setting} is {port}, where players and operators come in: give it a port of its own.");
        }

        var inside = addresses.Select(address => $"http://{address.Host}:{port}").Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (section is [])
        {
            builder.WebHost.UseUrls([.. open, .. inside]);
            return;
        }

        configuration.AddInMemoryCollection(inside.Select((url, index) => KeyValuePair.Create($"{Endpoints}:VeltrixInternal{index}:Url", (string?)url)));
    }
}
