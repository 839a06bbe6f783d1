using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Veltrix.Gateway.Sessions;

/// <summary>Whose word counts for where a request comes from.</summary>
internal static class TrustedProxies
{
    public static System.Net.IPNetwork? Parse(string? proxy) =>
        IPAddress.TryParse(proxy, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(proxy, out var network) ? network
        : null;

    /// <summary>Lets every limit, log and link see the address and scheme that trusted proxies tell, and nobody else's word.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, IEnumerable<string> proxies)
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,

            // The chain is followed as far as proxies that are trusted have written it.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            forwarded.KnownIPNetworks.Add(Parse(proxy)!.Value);
        }

        app.UseForwardedHeaders(forwarded);
    }
}
