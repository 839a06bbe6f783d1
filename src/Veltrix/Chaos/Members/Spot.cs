using System.Net;

namespace Veltrix.Commands.Chaos.Members;

/// <summary>Where a process of the cluster is: it keeps its place when it is started again.</summary>
/// <param name="Address">where others reach it</param>
/// <param name="HttpPort">the port for HTTP</param>
/// <param name="SiloPort">a silo's port for other silos</param>
/// <param name="ClientPort">a silo's port for gateways</param>
/// <param name="Within">the command that runs another there; empty where nothing is needed</param>
internal sealed record Spot(IPAddress Address, int HttpPort, int SiloPort, int ClientPort, IReadOnlyList<string> Within)
{
    public Uri Url => new($"http://{Address}:{HttpPort}");
}
