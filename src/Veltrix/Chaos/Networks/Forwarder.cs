using System.Net;
using System.Net.Sockets;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>Takes connections at one address and hands their bytes on to another, both ways. Where the other end is away, so is this one.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private const int Backlog = 512;
    private const int BufferBytes = 16 * 1024;

    private readonly CancellationTokenSource _ended = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;

    /// <exception cref="SocketException">The address is not one of this machine.</exception>
    public Forwarder(IPAddress at, string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Bind(new IPEndPoint(at, 0));
        _listener.Listen(Backlog);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new HashSet<Task>();
        while (true)
        {
            try
            {
                var inner = await _listener.AcceptAsync(_ended.Token);
                open.RemoveWhere(connection => connection.IsCompleted);
                open.Add(Task.Run(() => ForwardAsync(inner)));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException && _ended.IsCancellationRequested)
            {
                break;
            }
            catch (SocketException)
            {
                // Gone again before it was taken.
            }
        }

        await Task.WhenAll(open);
    }

    private async Task ForwardAsync(Socket inner)
    {
        using (inner)
        using (var outer = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token))
        {
            inner.NoDelay = true;
            try
            {
                await outer.ConnectAsync(_host, _port, both.Token);
                var ways = new[] { PumpAsync(inner, outer, both.Token), PumpAsync(outer, inner, both.Token) };

                // PostgreSQL's connections end as a whole.
                await Task.WhenAny(ways);
                await both.CancelAsync();
                await Task.WhenAll(ways);
            }
            catch (Exception broken) when (broken is SocketException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                // Whoever waits at the other end hears of it by the reset below.
            }

            Reset(inner);
            Reset(outer);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationToken stop)
    {
        var buffer = new byte[BufferBytes];
        while (await from.ReceiveAsync(buffer, stop) is > 0 and var read)
        {
            for (var sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stop);
            }
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Closed already.
        }
    }
}
