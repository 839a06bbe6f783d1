using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Veltrix.Ledger.Tests.Postgres;

/// <summary>Stands between a store and its server, and can lose the server's next reply together with the connection.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _cut;

    public CuttingProxy(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port) = (settings.Host!, settings.Port);
        _listener.Start();
        (settings.Host, settings.Port) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ConnectionString = settings.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The way to the server through here.</summary>
    public string ConnectionString { get; }

    /// <summary>The server's next bytes are read and thrown away, and their connection ends. Done when that has happened.</summary>
    public Task LoseNextReply() => (_cut = new TaskCompletionSource()).Task;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pairs = new List<Task>();
        try
        {
            while (true)
            {
                pairs.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            await Task.WhenAll(pairs);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(_host, _port, _stopping.Token);
            var (near, far) = (client.GetStream(), server.GetStream());
            var ask = near.CopyToAsync(far, _stopping.Token);
            await Task.WhenAny(ask, ReplyAsync(far, near));

            // One side has ended: closing both ends the other.
            client.Close();
            server.Close();
            await ask.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReplyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReadAsync(buffer, _stopping.Token) is > 0 and var read)
            {
                if (Interlocked.Exchange(ref _cut, null) is { } cut)
                {
                    cut.SetResult();
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side has ended.
        }
    }
}
