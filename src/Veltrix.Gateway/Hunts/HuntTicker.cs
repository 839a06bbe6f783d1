using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Veltrix.Gateway.Sessions;

namespace Veltrix.Gateway.Hunts;

/// <summary>Once a second: notices when a hunt starts or ends, tells its players' sockets, and drops what nobody uses.</summary>
internal sealed partial class HuntTicker(HuntRooms rooms, SessionTable sessions, AddressBook addresses, TimeProvider clock, ILogger<HuntTicker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var played = sessions.All.Where(session => session.Socket is not null).Select(session => session.Room).ToHashSet();
        rooms.Sweep(room => played.Contains(room) || room.InUse);
        addresses.Sweep();
        foreach (var room in rooms.All)
        {
            if (!played.Contains(room) && !room.InUse)
            {
                continue;
            }

            try
            {
                await rooms.FindAsync(room.Id, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogHuntFailed(fault, room.Id);
            }

            var phase = room.Phase;
            if (room.PhaseTold is { } told && told != phase)
            {
                Tell(room, phase);
            }

            room.PhaseTold = phase;
        }
    }

    private void Tell(HuntRoom room, HuntPhase phase)
    {
        foreach (var session in sessions.All)
        {
            if (session.Room == room && session.Socket is { } socket)
            {
                _ = socket.SendAsync(socket.EncodeHunt(phase.ToWire())).AsTask();
            }
        }
    }

    [LoggerMessage(4301, LogLevel.Debug, "Hunt {Hunt} cannot be asked for its course")]
    private partial void LogHuntFailed(Exception fault, HuntId hunt);
}
