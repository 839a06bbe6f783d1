using System.Net;
using System.Net.Sockets;
using Veltrix.Commands.Chaos.Networks;

namespace Veltrix.Swarm.Tests.Chaos;

public sealed class ForwarderTests
{
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forwarder_BytesBothWays_Arrive()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var forwarder = new Forwarder(IPAddress.Loopback, "127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port, _stop);
        using var served = await server.AcceptTcpClientAsync(_stop);

        await client.GetStream().WriteAsync("ask"u8.ToArray(), _stop);
        Assert.Equal("ask"u8.ToArray(), await ReadAsync(served, 3));
        await served.GetStream().WriteAsync("answer"u8.ToArray(), _stop);
        Assert.Equal("answer"u8.ToArray(), await ReadAsync(client, 6));
    }

    [Fact]
    public async Task Forwarder_ServerIsAway_BreaksTheConnection()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        server.Dispose();
        await using var forwarder = new Forwarder(IPAddress.Loopback, "127.0.0.1", port);
        using var client = new TcpClient();

        var broken = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await client.ConnectAsync(IPAddress.Loopback, forwarder.Port, _stop);
            await client.GetStream().ReadExactlyAsync(new byte[1], _stop);
        });
        Assert.True(broken is IOException or SocketException, broken.ToString());
    }

    [Fact]
    public async Task Forwarder_Ended_EndsItsConnections()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var forwarder = new Forwarder(IPAddress.Loopback, "127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forwarder.Port, _stop);
        using var served = await server.AcceptTcpClientAsync(_stop);

        await forwarder.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(async () => await client.GetStream().ReadExactlyAsync(new byte[1], _stop));
    }

    private async Task<byte[]> ReadAsync(TcpClient client, int bytes)
    {
        var read = new byte[bytes];
        await client.GetStream().ReadExactlyAsync(read, _stop);
        return read;
    }
}
