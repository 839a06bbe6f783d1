using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Veltrix.Hosting.Cluster;

/// <summary>What is put around Orleans' own handling of a connection between two processes.</summary>
public static class ConnectionMiddleware
{
    /// <summary>Tells when a connection has ended, however it did.</summary>
    /// <param name="connections">the connections</param>
    /// <param name="tell">is told the other end's address; must not wait</param>
    public static IConnectionBuilder UseEnd(this IConnectionBuilder connections, Action<IServiceProvider, IPEndPoint> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        return connections.Use(next => async connection =>
        {
            // Not known any more once it has ended.
            var other = connection.RemoteEndPoint as IPEndPoint;
            try
            {
                await next(connection);
            }
            finally
            {
                if (other is not null)
                {
                    tell(connections.ApplicationServices, other);
                }
            }
        });
    }

    /// <summary>
    /// Lets go of a connection over which nothing is said: somebody only looked whether the port is open. For connections that others made, since who makes one speaks first.
    /// </summary>
    public static IConnectionBuilder UseSilence(this IConnectionBuilder connections) => connections.Use(static next => async connection =>
    {
        var input = connection.Transport.Input;
        var first = await input.ReadAsync(connection.ConnectionClosed);
        input.AdvanceTo(first.Buffer.Start);
        if (!first.Buffer.IsEmpty)
        {
            await next(connection);
        }
    });
}
