using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Veltrix.Protocol;

namespace Veltrix.Client;

/// <summary>
/// One WebSocket to a gateway, made by hand from a TCP socket: MEASURED
/// It starts no timer. A peer that vanished without a word is found by TCP's own keep-alive, which the kernel does.
/// </summary>
internal sealed class PlaySocket : IDisposable
{
    // Answers to moves are 18 to 400 bytes; only a look with many players needs a larger buffer, for as long as it is read.
    private const int SmallBuffer = 512;
    private const int MostHeaderBytes = 8192;
    private const int BrokenStatus = 1006;

    private readonly WebSocket _socket;
    private readonly byte[] _small = new byte[SmallBuffer];
    private byte[]? _large;

    private PlaySocket(WebSocket socket) => _socket = socket;

    /// <summary>The status with which the other side closed; 1006 when it did not.</summary>
    public int CloseStatus => (int?)_socket.CloseStatus ?? BrokenStatus;

    /// <summary>The reason that the other side gave with its status.</summary>
    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>Connects and upgrades.</summary>
    /// <param name="play">where: http, https, ws or wss</param>
    /// <param name="options">the client's options</param>
    /// <param name="cancellationToken">ends the attempt</param>
    /// <exception cref="IOException">The gateway cannot be reached, or does not speak the protocol.</exception>
    public static async Task<PlaySocket> ConnectAsync(Uri play, VeltrixClientOptions options, CancellationToken cancellationToken)
    {
        var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
            tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            await tcp.ConnectAsync(play.IdnHost, play.Port, cancellationToken);
            stream = new NetworkStream(tcp, ownsSocket: true);
            if (play.Scheme is "https" or "wss")
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, options.ServerCertificate);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = play.IdnHost }, cancellationToken);
            }

            await UpgradeAsync(stream, play, cancellationToken);
            return new PlaySocket(WebSocket.CreateFromStream(
                stream, new WebSocketCreationOptions { IsServer = false, SubProtocol = ProtocolLimits.BinarySubProtocol, KeepAliveInterval = TimeSpan.Zero }));
        }
        catch (Exception e)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            tcp.Dispose();
            throw e is SocketException or System.Security.Authentication.AuthenticationException
                ? new IOException($"{play.GetLeftPart(UriPartial.Authority)} cannot be reached: {e.Message}", e)
                : e;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    /// <summary>
    /// The next message, valid until the next call; empty when the other side has closed. A broken socket throws what the stream under it threw.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        ReturnLarge();
        var buffer = _small;
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (received.MessageType is WebSocketMessageType.Close)
            {
                return default;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                buffer = Enlarge(length);
            }
        }
    }

    /// <summary>Says goodbye; the reading side still hears the answer to it.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) =>
        _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

    public void Abort() => _socket.Abort();

    /// <summary>Only by the side that reads, when it reads no more.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        ReturnLarge();
    }

    private static async Task UpgradeAsync(Stream stream, Uri play, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var request =
            $"GET {play.PathAndQuery} HTTP/1.1\r\nHost: {play.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {ProtocolLimits.BinarySubProtocol}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);

        var buffer = ArrayPool<byte>.Shared.Rent(MostHeaderBytes);
        try
        {
            var length = 0;
            int end;
            while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = length < MostHeaderBytes ? await stream.ReadAsync(buffer.AsMemory(length, MostHeaderBytes - length), cancellationToken) : 0;
                length += read > 0 ? read : throw new IOException($"{play} broke off its answer to the WebSocket handshake.");
            }

            var head = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
            if (!head[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            {
                throw new IOException($"{play} did not open a WebSocket, it answered: {head[0]}");
            }

            // The server speaks only after the client's resume, so what it sends now would be lost between two readers.
            if (length != end + 4 || Header(head, "Sec-WebSocket-Accept") != AcceptOf(key) || Header(head, "Sec-WebSocket-Protocol") != ProtocolLimits.BinarySubProtocol)
            {
                throw new IOException($"{play} opened a WebSocket, but not one of {ProtocolLimits.BinarySubProtocol}.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? Header(string[] head, string name) => head
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.AsSpan(name.Length).StartsWith(":"))?[(name.Length + 1)..].Trim();

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1 here; it protects nothing.")]
    private static string AcceptOf(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));

    private byte[] Enlarge(int length)
    {
        if (length >= ProtocolLimits.FrameBytes)
        {
            throw new IOException($"The server sent a message of more than {ProtocolLimits.FrameBytes} bytes.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 8, ProtocolLimits.FrameBytes));
        (_large ?? _small).AsSpan(0, length).CopyTo(larger);
        ReturnLarge();
        _large = larger;
        return larger;
    }

    private void ReturnLarge()
    {
        if (_large is not null)
        {
            ArrayPool<byte>.Shared.Return(_large);
            _large = null;
        }
    }
}
