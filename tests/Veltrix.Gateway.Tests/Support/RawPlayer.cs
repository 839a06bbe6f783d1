using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>A client that sends exactly what a test says, right or wrong, and shows what comes back.</summary>
internal sealed class RawPlayer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ClientWebSocket _socket = new();
    private readonly NameCache _names = new();
    private readonly byte[] _buffer = new byte[ProtocolLimits.FrameBytes];

    private RawPlayer(JoinAnswer joined)
    {
        Joined = joined;
        Signer = new FrameSigner(Convert.FromBase64String(joined.Key));
    }

    public JoinAnswer Joined { get; }

    public FrameSigner Signer { get; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Opens a socket without a word.</summary>
    public static async Task<RawPlayer> ConnectAsync(
        Uri gateway, JoinAnswer joined, string subProtocol = ProtocolLimits.BinarySubProtocol, RemoteCertificateValidationCallback? certificate = null)
    {
        var player = new RawPlayer(joined);
        player._socket.Options.RemoteCertificateValidationCallback = certificate;
        player._socket.Options.AddSubProtocol(subProtocol);
        await player._socket.ConnectAsync(new UriBuilder(gateway) { Scheme = gateway.Scheme == "https" ? "wss" : "ws", Path = joined.Play }.Uri, new CancellationTokenSource(Patience).Token);
        return player;
    }

    /// <summary>Opens a socket and resumes; gives the resumed frame's next.</summary>
    public static async Task<(RawPlayer Player, ulong Next)> ResumeAsync(Uri gateway, JoinAnswer joined, ulong last = 0, ulong attempt = 1)
    {
        var player = await ConnectAsync(gateway, joined);
        await player.SendResumeAsync(last, attempt);
        var frame = await player.ReceiveAsync();
        Assert.True(ServerFrames.TryReadResumed(frame, out var resumed), $"expected resumed, got {Convert.ToHexString(frame)}");
        var hunt = await player.ReceiveAsync();
        Assert.True(ServerFrames.TryReadHunt(hunt, out _), $"expected the hunt's state, got {Convert.ToHexString(hunt)}");
        return (player, resumed.Next);
    }

    public Task SendResumeAsync(ulong last, ulong attempt, string? token = null)
    {
        var resume = new Veltrix.Protocol.Frames.ResumeRequest(token ?? Joined.Token, last, attempt);
        var frame = new byte[ResumeFrame.Measure(resume.Token)];
        ResumeFrame.Write(frame, Signer, resume);
        return SendAsync(frame);
    }

    public Task SendAsync(ulong first, ulong received, params Command[] commands) => SendAsync(Frame(first, received, commands));

    public byte[] Frame(ulong first, ulong received, params Command[] commands)
    {
        var frame = new byte[CommandFrame.Measure(commands)];
        CommandFrame.Write(frame, Signer, first, received, commands);
        return frame;
    }

    public async Task SendAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var late = new CancellationTokenSource(Patience);
        await _socket.SendAsync(message, type, endOfMessage: true, late.Token);
    }

    public Task SendTextAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text);

    /// <summary>The next message; empty when the server closed.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), late.Token);
            length += received.Count;
            if (received.MessageType is WebSocketMessageType.Close)
            {
                return [];
            }

            if (received.EndOfMessage)
            {
                return _buffer[..length];
            }
        }
    }

    public async Task<JsonElement> ReceiveJsonAsync() => JsonDocument.Parse(await ReceiveAsync()).RootElement;

    /// <summary>Reads answers until so many have come; checks that they come in order without gaps.</summary>
    public async Task<List<Answer>> ReceiveAnswersAsync(int count, ulong first)
    {
        var all = new List<Answer>();
        var answers = new Answer[ProtocolLimits.CommandsPerFrame];
        while (all.Count < count)
        {
            var frame = await ReceiveAsync();
            if (frame is [not (byte)FrameType.Answers, ..])
            {
                continue;
            }

            Assert.True(AnswerFrame.TryRead(frame, _names, answers, out var start, out var taken), $"expected answers, got {Convert.ToHexString(frame)}, close {CloseStatus}");
            Assert.Equal(first + (ulong)all.Count, start);
            all.AddRange(answers[..taken]);
        }

        return all;
    }

    /// <summary>Reads until the server closes, and gives the code.</summary>
    public async Task<CloseCode> ReceiveCloseAsync()
    {
        while ((await ReceiveAsync()).Length > 0)
        {
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return (CloseCode)_socket.CloseStatus!;
    }

    /// <summary>Breaks the connection without a close.</summary>
    public void Drop() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        Signer.Dispose();
        return default;
    }
}
