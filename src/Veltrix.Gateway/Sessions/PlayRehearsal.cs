using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Veltrix.Gateway.Hunts;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.World;
using Veltrix.World.Rules;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// Plays once to itself what a player does first, before the gateway counts as started, so that all code on that way is compiled. A gateway that takes over from one
/// that died gets all its players at once, and each of them would wait for that: a second, where 2,000 come.
/// <para>
/// The player is nobody's and the hunt does not exist: the silos are asked, and what they answer ends the session.
/// </para>
/// </summary>
internal sealed partial class PlayRehearsal(
    IServer server,
    SessionTable sessions,
    RehearsalGate gate,
    Serializer serializer,
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    ILogger<PlayRehearsal> logger) : IHostedLifecycleService
{
    // What is not compiled by then is compiled when somebody plays.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // No organiser's, by chance alone.
    private readonly HuntId _hunt = new($"rehearsal-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        gate.Shut();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(Patience);
        try
        {
            if (OwnAddress() is { } address)
            {
                await PlayAsync(address, over.Token);
            }

            LogRehearsed(clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRehearsed(problem);
        }
        finally
        {
            gate.Open();
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PlayAsync(Uri address, CancellationToken cancellationToken)
    {
        var player = new PlayerId("nobody");

        // A session that another gateway began.
        await ResumeAsync(address, new Seat(_hunt, player, SessionId.Draw(clock.GetUtcNow())), null, cancellationToken);
        await sessions.Grains.Player(_hunt, player).ResumeAsync(new Contracts.ResumeRequest(default, 0, null, sessions.Id), cancellationToken);

        // And one that began here, with a frame of every kind of command.
        var seat = new Seat(_hunt, player, SessionId.Draw(clock.GetUtcNow()));
        sessions.Begin(new HuntRoom(Hunt(), clock, static _ => throw new NotSupportedException("Nobody watches a rehearsal.")), seat, new Tile(1, 1));
        await ResumeAsync(
            address,
            seat,
            [Command.Look, Command.Move(1, 2), Command.Dig(1, 2), Command.DropClue(1, 2, "Under the old oak"), Command.Where],
            cancellationToken);
        Answer();
    }

    /// <summary>Resumes a session, plays if there is anything to play, and waits until the gateway closes the socket.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "The certificate is for the name that players know, and the gateway that is called is this one.")]
    private async Task ResumeAsync(Uri address, Seat seat, Command[]? commands, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(RehearsalGate.Header, gate.Pass);
        socket.Options.AddSubProtocol(ProtocolLimits.BinarySubProtocol);
        socket.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await socket.ConnectAsync(address, cancellationToken);
        using var signer = Signer(seat.Session);
        var buffer = new byte[ProtocolLimits.FrameBytes];
        var length = ResumeFrame.Write(buffer, signer, new Protocol.Frames.ResumeRequest(sessions.Credentials.ResumeToken(seat), 0, 1));
        await SendAsync(length);
        if (commands is not null)
        {
            // The session is taken up when this has come.
            await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            await SendAsync(CommandFrame.Write(buffer, signer, 1, 0, commands));
        }

        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType is not WebSocketMessageType.Close)
        {
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);

        ValueTask SendAsync(int bytes) => socket.SendAsync(buffer.AsMemory(0, bytes), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
    }

    private FrameSigner Signer(SessionId session)
    {
        Span<byte> key = stackalloc byte[ProtocolLimits.KeyBytes];
        sessions.Credentials.SessionKey(session, key);
        return new FrameSigner(key);
    }

    // The one thing that no silo says to nobody: what came of commands.
    private void Answer()
    {
        var tile = new Tile(1, 2);
        var nobody = new PlayerId("nobody");
        var seen = new Contracts.Sighting(1, 1, 1, [new Contracts.SeenPlayer(nobody, tile)], [new Contracts.SeenClue(tile, nobody, "Here")], [tile]);
        ImmutableArray<CommandAnswer> answers =
        [
            new(Contracts.CommandKind.Look, CommandResult.Ok, Seen: seen),
            new(Contracts.CommandKind.Move, CommandResult.Ok, tile),
            new(Contracts.CommandKind.Dig, CommandResult.Ok, Points: 1, Treasure: 1),
            new(Contracts.CommandKind.DropClue, CommandResult.Busy, RetryMilliseconds: 1),
        ];
        var played = Received(new PlayReply(SessionStatus.Playing, answers, tile, new WayIn(WayInKind.Door, GrainKeys.PlayerGrain(_hunt, nobody))));
        var resumed = Received(new ResumeReply(SessionStatus.Playing, 4, tile, Whole: true, answers));
        Answer[] told = [.. played.Answers.Concat(resumed.Missed).Select(static answer => answer.ToWire())];
        AnswerFrame.Write(new byte[ProtocolLimits.FrameBytes], 1, told, out _);

        T Received<T>(T sent) => serializer.Deserialize<T>(serializer.SerializeToArray(sent))!;
    }

    private HuntDefinition Hunt()
    {
        var now = clock.GetUtcNow();
        return new HuntDefinition(_hunt, new HuntDraft("Rehearsal", "", 0, new HuntRules(), now, now + Patience), now, 1);
    }

    /// <summary>Where this machine reaches the gateway's public port; null where it listens on none, but on a socket in the file system.</summary>
    private Uri? OwnAddress()
    {
        foreach (var listens in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            var address = BindingAddress.Parse(listens);
            if (!address.IsUnixPipe && !address.IsNamedPipe && address.Port != options.Value.InternalPort)
            {
                var host = !IPAddress.TryParse(address.Host, out var ip) || ip.Equals(IPAddress.Any) ? "127.0.0.1" : ip.Equals(IPAddress.IPv6Any) ? "[::1]" : address.Host;
                return new Uri($"{(address.Scheme is "https" ? "wss" : "ws")}://{host}:{address.Port}{address.PathBase}/v1/play");
            }
        }

        return null;
    }

    [LoggerMessage(4120, LogLevel.Information, "Ready for players, after a rehearsal of {Milliseconds:F0} ms")]
    private partial void LogRehearsed(double milliseconds);

    [LoggerMessage(4121, LogLevel.Information, "The rehearsal broke off; who plays first waits while the rest is compiled")]
    private partial void LogNotRehearsed(Exception problem);
}
