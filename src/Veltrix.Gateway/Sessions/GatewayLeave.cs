using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// Sends the players of a gateway that is asked to end to the others, while it still serves: a few at a time, so that none of them has to wait for the whole crowd
/// at the next door, and slowly at first, since a gateway that has just started compiles what it runs for the first time.
/// </summary>
internal sealed partial class GatewayLeave(SessionTable sessions, IOptions<GatewayOptions> options, TimeProvider clock, ILogger<GatewayLeave> logger) : IHostedLifecycleService
{
    // Slower on average only keeps the process: a gateway takes up several times as many.
    private const int LeastASecond = 100;

    // The share of the time in which it gets faster.
    private const double Start = 0.4;

    // Who was just getting in is found by another look.
    private const int Looks = 3;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        sessions.CloseToNewcomers();
        for (var look = 1; look <= Looks; look++)
        {
            PlaySocket[] here = [.. sessions.All.Select(static session => session.Socket).OfType<PlaySocket>().Where(static socket => !socket.IsClosing)];
            if (here.Length > 0)
            {
                LogSendsAway(here.Length);
                await SendAwayAsync(here, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SendAwayAsync(PlaySocket[] here, CancellationToken hurry)
    {
        var longest = Math.Min(options.Value.LeaveTime.TotalSeconds, options.Value.ShutdownTime.TotalSeconds / 2);
        var steps = (int)Math.Ceiling(Math.Min(longest, (double)here.Length / LeastASecond) / Step.TotalSeconds);
        var sent = 0;
        for (var step = 1; sent < here.Length; step++)
        {
            for (var until = (int)Math.Ceiling(ShareAt((double)step / steps) * here.Length); sent < until; sent++)
            {
                here[sent].Close(SessionTable.GoingAway.Code, SessionTable.GoingAway.Sentence);
            }

            await Task.Delay(Step, clock, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Which share of the players is to be gone when a share of the time is: as with a car that starts, and then keeps its speed.</summary>
    private static double ShareAt(double time)
    {
        const double speed = 1 / (1 - (Start / 2));
        return time >= 1 ? 1 : time < Start ? speed * time * time / (2 * Start) : speed * (time - (Start / 2));
    }

    [LoggerMessage(4111, LogLevel.Information, "The gateway stops: it sends {Players} players to others")]
    private partial void LogSendsAway(int players);
}
