using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Protocol.Rest;

namespace Veltrix.Client.Tests;

/// <summary>A gateway on a port of its own that speaks the protocol over a real socket and does what a test tells it to.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FakeCluster _cluster;
    private readonly ConcurrentDictionary<WebSocket, HttpContext> _open = new();

    private int _resumed;

    private FakeGateway(WebApplication app, FakeCluster cluster)
    {
        _app = app;
        _cluster = cluster;
    }

    public Uri Address => new(_app.Urls.Single());

    public int OpenSockets => _open.Count;

    /// <summary>The close status of a client that said goodbye.</summary>
    public TaskCompletionSource<WebSocketCloseStatus?> Goodbye { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many sockets have been resumed here.</summary>
    public int Resumed => Volatile.Read(ref _resumed);

    public static async Task<FakeGateway> StartAsync(FakeCluster cluster, bool tls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls)
            {
                listen.UseHttps(SelfSigned());
            }
        }));
        var app = builder.Build();
        var gateway = new FakeGateway(app, cluster);
        app.UseWebSockets();
        app.MapPost("/v1/hunts/{hunt}/sessions", gateway.JoinAsync);
        app.Map("/v1/play", gateway.PlayAsync);
        await app.StartAsync();
        return gateway;
    }

    /// <summary>Cuts every socket, as a killed process does.</summary>
    public void CutAll()
    {
        foreach (var context in _open.Values)
        {
            try
            {
                context.Abort();
            }
            catch (ObjectDisposedException)
            {
                // Ended by itself in this moment.
            }
        }
    }

    /// <summary>Sends bytes to every client.</summary>
    public async Task PushAsync(byte[] frame)
    {
        foreach (var socket in _open.Keys)
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
    }

    public Task CloseAllAsync(CloseCode code) => CloseAllAsync((WebSocketCloseStatus)code, CloseCodes.Of(code));

    public async Task CloseAllAsync(WebSocketCloseStatus status, string reason)
    {
        foreach (var socket in _open.Keys)
        {
            await socket.CloseOutputAsync(status, reason, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        CutAll();
        await _app.DisposeAsync();
    }

    private async Task JoinAsync(HttpContext context, string hunt)
    {
        var token = context.Request.Headers.Authorization.ToString();
        var player = token is "Bearer ann-token" ? "ann"
            : context.Request.HasJsonContentType() ? (await context.Request.ReadFromJsonAsync(JoinJson.Default.JoinRequest))?.Player : null;
        if (hunt != "harbour" || player is null)
        {
            context.Response.StatusCode = hunt == "harbour" ? 401 : 404;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["code"] = hunt == "harbour" ? "bad-token" : "no-such-hunt",
                ["detail"] = "No.",
            });
            return;
        }

        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(_cluster.Join(player), JoinJson.Default.JoinAnswer);
    }

    private async Task PlayAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(ProtocolLimits.BinarySubProtocol);
        try
        {
            await ServeAsync(context, socket);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // Cut, by the test or by the client.
        }
        finally
        {
            _open.TryRemove(socket, out _);
        }
    }

    private async Task ServeAsync(HttpContext context, WebSocket socket)
    {
        var buffer = new byte[ProtocolLimits.FrameBytes];
        var commands = new Command[ProtocolLimits.CommandsPerFrame];
        var length = await ReceiveAsync(socket, buffer);
        Assert.Equal(FrameError.None, ResumeFrame.TryRead(buffer.AsSpan(0, length), out var request));
        if (!_cluster.Sessions.TryGetValue(request.Token, out var session))
        {
            await RefuseAsync(socket, CloseCode.BadToken);
            return;
        }

        using var signer = new FrameSigner(session.Key);
        Assert.True(signer.Verify(buffer.AsSpan(0, length)));
        var (snapshot, next, missed) = session.Resume(request);
        length = snapshot
            ? ServerFrames.WriteSnapshot(buffer, new Snapshot(next, 9, 9, SnapshotReason.FellBack))
            : ServerFrames.WriteResumed(buffer, new Resumed(next));
        Interlocked.Increment(ref _resumed);
        await SendAsync(socket, buffer, length);
        await SendAsync(socket, buffer, ServerFrames.WriteHunt(buffer, HuntState.Running));
        await AnswerAsync(socket, missed);
        _open[socket] = context;
        while ((length = await ReceiveAsync(socket, buffer)) > 0)
        {
            if (session.ClosesWith is { } code)
            {
                await RefuseAsync(socket, code);
                return;
            }

            if (buffer[0] == (byte)FrameType.Watch)
            {
                Assert.Equal(FrameError.None, WatchFrame.TryDecode(buffer.AsSpan(0, length), signer, out var on));
                session.Watches.Enqueue(on);
                continue;
            }

            Assert.Equal(FrameError.None, CommandFrame.TryDecode(buffer.AsSpan(0, length), signer, commands, out var header));
            var answers = session.Apply(header, commands.AsSpan(0, header.Count));
            if (session.CutsAfterFrame(session.Frames.Count))
            {
                context.Abort();
                return;
            }

            await session.Held;
            if (session.IsMute)
            {
                continue;
            }

            await AnswerAsync(socket, answers);
            if (commands[header.Count - 1].Kind is CommandKind.Leave)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }
        }

        Goodbye.TrySetResult(socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static async Task RefuseAsync(WebSocket socket, CloseCode code)
    {
        var buffer = new byte[ServerFrames.MostBytes];
        await SendAsync(socket, buffer, ServerFrames.WriteError(buffer, code, "Told to."));
        await socket.CloseAsync((WebSocketCloseStatus)code, CloseCodes.Of(code), CancellationToken.None);
    }

    private static async Task AnswerAsync(WebSocket socket, List<(ulong Sequence, Answer Answer)> answers)
    {
        var buffer = new byte[ProtocolLimits.FrameBytes];
        var all = answers.Select(a => a.Answer).ToArray();
        for (var done = 0; done < all.Length;)
        {
            var length = AnswerFrame.Write(buffer, answers[done].Sequence, all.AsSpan(done), out var taken);
            await SendAsync(socket, buffer, length);
            done += taken;
        }
    }

    private static Task SendAsync(WebSocket socket, byte[] buffer, int length) =>
        socket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Binary, true, CancellationToken.None).AsTask();

    private static async Task<int> ReceiveAsync(WebSocket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += received.Count;
            if (received.EndOfMessage)
            {
                return received.MessageType is WebSocketMessageType.Close ? 0 : length;
            }
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
