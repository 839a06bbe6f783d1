using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Hunts;
using Veltrix.Hosting.Telemetry;
using Veltrix.Protocol;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// The sessions that this gateway knows, with or without a socket, and what they share: the clock, the limits, and the count of commands under way.
/// Once a second it lets time pass for each of them.
/// </summary>
internal sealed partial class SessionTable(
    IGrainFactory grains,
    HuntRooms rooms,
    Credentials credentials,
    GatewayMetrics metrics,
    FrameTraces traces,
    TimeProvider clock,
    IOptions<GatewayOptions> options,
    ILogger<SessionTable> logger) : BackgroundService
{
    /// <summary>When to try again after a refusal for lack of capacity.</summary>
    public const int FullRetryMilliseconds = 250;

    /// <summary>What a gateway that stops tells its players.</summary>
    public static readonly Refusal GoingAway = new(CloseCode.GoingAway, "This gateway stops. Resume at once, at another one or at its successor.");

    // Longer than a call takes in a cluster that is busy, and much shorter than Orleans waits for it.
    private static readonly TimeSpan HandedOnPatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SessionId, PlaySession> _sessions = new();
    private int _commandsInFlight;
    private int _connected;
    private int _silosLost;
    private volatile bool _stopping;

    /// <summary>Tells this gateway from others, and from what it was before it was started again; never 0.</summary>
    public ulong Id { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    public IGrainFactory Grains => grains;

    public Doors Doors { get; } = new(grains);

    public Credentials Credentials => credentials;

    public GatewayMetrics Metrics => metrics;

    public FrameTraces Traces => traces;

    public TimeProvider Clock => clock;

    public GatewayOptions Options { get; } = options.Value;

    public ILogger Logger => logger;

    public IEnumerable<PlaySession> All => _sessions.Select(static session => session.Value);

    public int Count => _sessions.Count;

    public int Connected => Volatile.Read(ref _connected);

    public int CommandsInFlight => Volatile.Read(ref _commandsInFlight);

    /// <summary>How many connections to silos have ended.</summary>
    public int SilosLost => Volatile.Read(ref _silosLost);

    public bool IsFull => _sessions.Count >= Options.MaxSessions;

    /// <summary>Counts commands as under way; false, and none is counted, when there would be too many of all sessions together.</summary>
    public bool TryEnter(int commands)
    {
        if (Interlocked.Add(ref _commandsInFlight, commands) <= Options.MaxCommandsInFlight)
        {
            return true;
        }

        Exit(commands);
        return false;
    }

    /// <summary>Counts commands as answered.</summary>
    public void Exit(int commands) => Interlocked.Add(ref _commandsInFlight, -commands);

    /// <summary>A session that has just begun: its first socket will find it here.</summary>
    public void Begin(HuntRoom room, in Seat seat, World.Tile spawn)
    {
        var session = new PlaySession(this, room, seat);
        session.Begun(spawn);
        _sessions[seat.Session] = session;
    }

    /// <summary>The session of a seat that a valid token named; made here when another gateway, or an earlier process, began it.</summary>
    public async ValueTask<(PlaySession? Session, Refusal? Refusal)> FindAsync(Seat seat)
    {
        if (_stopping)
        {
            return (null, GoingAway);
        }

        if (_sessions.TryGetValue(seat.Session, out var known))
        {
            return (known, null);
        }

        if (IsFull)
        {
            return (null, new Refusal(CloseCode.Internal, "This gateway has no room for another session. Resume again in a few seconds."));
        }

        HuntRoom? room;
        try
        {
            room = await rooms.FindAsync(seat.Hunt);
        }
        catch (Exception fault)
        {
            LogNoHunt(fault, seat.Hunt);
            return (null, new Refusal(CloseCode.Internal, "The cluster does not answer. Resume again."));
        }

        return room is null
            ? (null, new Refusal(CloseCode.SessionOver, "There is no such hunt any more."))
            : (_sessions.GetOrAdd(seat.Session, static (_, made) => new PlaySession(made.Table, made.Room, made.Seat), (Table: this, Room: room, Seat: seat)), null);
    }

    public void Forget(PlaySession session) => _sessions.TryRemove(KeyValuePair.Create(session.Seat.Session, session));

    public void Connect() => Interlocked.Increment(ref _connected);

    public void Disconnect() => Interlocked.Decrement(ref _connected);

    /// <summary>From now on nobody gets in who comes with a new socket; who has one plays on.</summary>
    public void CloseToNewcomers() => _stopping = true;

    /// <summary>
    /// The connection to a silo has ended, so that its answers do not come any more: calls that it had are made again, elsewhere. Which calls others had handed on
    /// to it, nobody knows, but they are among those that are still not answered a while later.
    /// </summary>
    public async Task OnSiloLostAsync(IPEndPoint silo)
    {
        var losses = Interlocked.Increment(ref _silosLost);
        foreach (var door in Doors.ShutAt(silo))
        {
            foreach (var session in All)
            {
                session.OnDoorLost(door);
            }
        }

        await Task.Delay(HandedOnPatience, clock);
        foreach (var session in All)
        {
            session.OnSilosLost(losses);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (_, session) in _sessions)
                {
                    session.Sweep();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(4110, LogLevel.Warning, "The hunt {Hunt} of a resuming session cannot be asked for")]
    private partial void LogNoHunt(Exception fault, HuntId hunt);
}
