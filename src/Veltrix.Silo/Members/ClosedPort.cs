using System.Net;
using System.Net.Sockets;

namespace Veltrix.Silo.Members;

/// <summary>Tells a port at which nobody listens.</summary>
internal static class ClosedPort
{
    // A machine that lives refuses at once.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <returns>whether the machine refuses connections to the port; false as well where it does not answer, since that proves nothing</returns>
    public static async Task<bool> IsClosedAsync(IPEndPoint port, TimeProvider clock)
    {
        using var socket = new Socket(port.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await socket.ConnectAsync(port, patience.Token);
            return false;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
