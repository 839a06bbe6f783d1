using Veltrix.Commands.Chaos.Audit;
using Veltrix.Commands.Chaos.Deeds;
using Veltrix.Commands.Chaos.Felt;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Plan;
using Veltrix.Commands.Chaos.Reports;
using Veltrix.Commands.Swarm;
using Veltrix.Commands.Swarm.Bots;
using Veltrix.Commands.Swarm.Load;

namespace Veltrix.Commands.Chaos;

/// <summary>Carries the plan out while the swarm plays, and notes what its players feel.</summary>
/// <param name="plan">what is to be done</param>
/// <param name="seconds">how long is played at least; longer where a deed has to be waited for</param>
/// <param name="cluster">whom it is done to</param>
/// <param name="hunter">deactivates grains</param>
/// <param name="handFor">makes the hand that does the deeds, once the swarm's clock and the beginning on it are known</param>
/// <param name="book">what players feel</param>
/// <param name="line">what was done</param>
/// <param name="tally">which answers players got</param>
/// <param name="waits">the long waits, one by one</param>
internal sealed class ChaosWatch(
    ChaosPlan plan,
    double seconds,
    ChaosCluster cluster,
    GrainHunter hunter,
    Func<ISwarmClock, long, DeedHand> handFor,
    PhaseBook book,
    TimeLine line,
    SessionTally tally,
    WaitLog waits) : ISwarmWatch, IAsyncDisposable
{
    /// <summary>The least time between two deeds, so that what is felt of one can be told from the other.</summary>
    private const long Breath = 2 * Nanoseconds.PerSecond;

    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _played = new();
    private Task _acting = Task.CompletedTask;

    /// <summary>Says that the plan is carried out and the time is up: the players may end.</summary>
    public CancellationToken Played => _played.Token;

    /// <summary>Deeds that were still to come when the players were made to end.</summary>
    public int Undone { get; private set; }

    public void Begin(string hunt, ISwarmClock clock, long measured)
    {
        book.Measure(measured);
        _acting = Task.Run(() => Task.WhenAll(DoDeedsAsync(clock, measured), DeactivateAsync(hunt, clock, measured)));
    }

    public void Answered(int player, ulong sequence, in Pending asked, long arrived)
    {
        tally.Answered(player, sequence);
        waits.Answered(player, sequence, asked, arrived, book.Waited(asked.Due, arrived));
    }

    public void Unanswered(long due, long now) => book.Waited(due, now);

    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await _acting;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
        _played.Dispose();
    }

    private async Task DoDeedsAsync(ISwarmClock clock, long measured)
    {
        using var hand = handFor(clock, measured);
        var done = 0;
        var earliest = 0L;
        try
        {
            foreach (var deed in plan.Deeds)
            {
                await MendUntilAsync(hand, clock, Math.Max(earliest, measured + Nanoseconds.Of(deed.At.TotalSeconds)));
                if (_over.IsCancellationRequested)
                {
                    break;
                }

                await hand.DoAsync(deed, _over.Token);
                earliest = clock.Now + Breath;
                done++;
            }

            await MendUntilAsync(hand, clock, measured + Nanoseconds.Of(seconds));
            await hand.MendAsync();
        }
        catch (IOException failed)
        {
            line.Fault($"the network could not be changed: {failed.Message}");
        }
        finally
        {
            Undone = plan.Deeds.Length - done;
            await _played.CancelAsync();
        }
    }

    /// <summary>Waits, and starts again who falls meanwhile.</summary>
    private async Task MendUntilAsync(DeedHand hand, ISwarmClock clock, long at)
    {
        while (!_over.IsCancellationRequested)
        {
            await hand.MendAsync();
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            var left = at - clock.Now;
            if (left <= 0)
            {
                return;
            }

            waited.CancelAfter(TimeSpan.FromMilliseconds(1 + (left / Nanoseconds.PerMillisecond)));
            await cluster.FallAsync(waited.Token);
        }
    }

    private async Task DeactivateAsync(string hunt, ISwarmClock clock, long measured)
    {
        foreach (var deed in plan.Grains)
        {
            var left = measured + Nanoseconds.Of(deed.At.TotalSeconds) - clock.Now;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, left / Nanoseconds.PerMillisecond)), _over.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (await hunter.DeactivateAsync(deed, hunt) is { } grain)
            {
                var now = clock.Now;
                book.Grain(now);
                line.Add(new GrainHappening((now - measured) / (double)Nanoseconds.PerSecond, grain));
            }
            else
            {
                line.MissGrain();
            }
        }
    }
}
