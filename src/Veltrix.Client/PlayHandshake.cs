using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Veltrix.Protocol;

namespace Veltrix.Client;

/// <summary>Opens the connection of a play socket: TCP, TLS where the address says so, and the WebSocket handshake of RFC 6455.</summary>
internal static class PlayHandshake
{
    private const int MostHeaderBytes = 8192;

    // Linux's TCP_USER_TIMEOUT, which .NET has no name for.
    private const int TcpLevel = 6;
    private const int UserTimeout = 18;
    private const int UserTimeoutMilliseconds = 10_000;

    /// <summary>Connects and upgrades.</summary>
    /// <param name="play">where: http, https, ws or wss</param>
    /// <param name="options">the client's options</param>
    /// <param name="cancellationToken">ends the attempt</param>
    /// <exception cref="IOException">The gateway cannot be reached, or does not speak the protocol.</exception>
    public static async Task<PlaySocket> ConnectAsync(Uri play, VeltrixClientOptions options, CancellationToken cancellationToken)
    {
        Stream? stream = null;
        try
        {
            stream = await OpenAsync(play, options.Connect ?? ConnectAsync, cancellationToken);
            if (play.Scheme is "https" or "wss")
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, options.ServerCertificate);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = play.IdnHost }, cancellationToken);
            }

            return new PlaySocket(stream, await UpgradeAsync(stream, play, cancellationToken));
        }
        catch (Exception e)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (e is SocketException or AuthenticationException)
            {
                throw new IOException($"{play.GetLeftPart(UriPartial.Authority)} cannot be reached: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Tries the addresses of the gateway's name, one after the other.</summary>
    private static async ValueTask<Stream> OpenAsync(
        Uri play, Func<Socket, IPEndPoint, CancellationToken, ValueTask<Stream>> connect, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(play.IdnHost, cancellationToken))
        {
            Socket? tcp = null;
            try
            {
                tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

                // A peer that vanished without a word is found by TCP itself, without a timer in this process: within 40 seconds while nothing is under way,
                // and on Linux within 10 once something is, which TCP would send again for a quarter of an hour otherwise.
                if (OperatingSystem.IsLinux())
                {
                    tcp.SetRawSocketOption(TcpLevel, UserTimeout, BitConverter.GetBytes(UserTimeoutMilliseconds));
                }

                tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
                tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
                tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
                return await connect(tcp, new IPEndPoint(address, play.Port), cancellationToken);
            }
            catch (SocketException e)
            {
                tcp?.Dispose();
                last = e;
            }
            catch
            {
                tcp?.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async ValueTask<Stream> ConnectAsync(Socket tcp, IPEndPoint to, CancellationToken cancellationToken)
    {
        await tcp.ConnectAsync(to, cancellationToken);
        return new NetworkStream(tcp, ownsSocket: true);
    }

    /// <summary>Asks for the upgrade; gives the bytes that came behind the answer, which belong to the first frame.</summary>
    private static async Task<byte[]> UpgradeAsync(Stream stream, Uri play, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var request =
            $"GET {play.PathAndQuery} HTTP/1.1\r\nHost: {play.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {ProtocolLimits.BinarySubProtocol}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);

        var buffer = new byte[512];
        var length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length < MostHeaderBytes ? length * 2 : throw new IOException($"{play} answered the WebSocket handshake at too great length."));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read > 0 ? read : throw new IOException($"{play} broke off its answer to the WebSocket handshake.");
        }

        var head = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
        if (!head[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            throw new IOException($"{play} did not open a WebSocket, it answered: {head[0]}");
        }

        if (Header(head, "Sec-WebSocket-Accept") != AcceptOf(key) || Header(head, "Sec-WebSocket-Protocol") != ProtocolLimits.BinarySubProtocol)
        {
            throw new IOException($"{play} opened a WebSocket, but not one of {ProtocolLimits.BinarySubProtocol}.");
        }

        return buffer[(end + 4)..length];
    }

    private static string? Header(string[] head, string name) => head
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.AsSpan(name.Length).StartsWith(":"))?[(name.Length + 1)..].Trim();

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1 here; it protects nothing.")]
    private static string AcceptOf(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
