using Microsoft.Extensions.Logging;
using Veltrix.World;

namespace Veltrix.Gateway.Live;

/// <summary>
/// One subscription to all regions of a hunt for all who look at it through this gateway. News carry numbers without holes; after a hole, a
/// fault or most of the subscription's minute, the region is watched again, which brings all that there is to see in it.
/// </summary>
internal sealed partial class RegionWatch(HuntId hunt, RegionGrid grid, IGrainFactory grains, TimeProvider clock, ILogger logger) : IRegionWatcher
{
    private const int AtOnce = 16;
    private const int MostFinds = 256;
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly long[] _versions = new long[grid.Count];
    private readonly long[] _watchedAt = new long[grid.Count];
    private readonly List<(Find Find, DateTimeOffset At)> _finds = [];
    private IRegionWatcher? _reference;

    /// <summary>What is to be seen. Only inside of <see cref="Look{TState,TResult}"/>.</summary>
    private readonly LivePicture _picture = new(grid.Count);

    public RegionGrid Grid => grid;

    /// <summary>Looks at the picture while nothing changes it.</summary>
    public TResult Look<TState, TResult>(TState state, Func<LivePicture, TState, TResult> look)
    {
        lock (_gate)
        {
            return look(_picture, state);
        }
    }

    /// <summary>The finds since the last time, oldest first.</summary>
    public (Find Find, DateTimeOffset At)[] TakeFinds()
    {
        lock (_gate)
        {
            var finds = _finds.ToArray();
            _finds.Clear();
            return finds;
        }
    }

    /// <summary>Watches the regions whose subscription is missing, broken or about to end. A region that does not answer is asked again the next time.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        _reference ??= grains.CreateObjectReference<IRegionWatcher>(this);
        var due = new List<int>();
        lock (_gate)
        {
            for (var region = 0; region < _watchedAt.Length; region++)
            {
                // A region's own offset keeps the renewals from coming all at once.
                var patience = Renewal - TimeSpan.FromMilliseconds(region % 16 * 500);
                if (_watchedAt[region] == 0 || clock.GetElapsedTime(_watchedAt[region]) > patience)
                {
                    due.Add(region);
                }
            }
        }

        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, WatchAsync);
    }

    /// <summary>Ends the subscriptions.</summary>
    public async Task EndAsync()
    {
        if (_reference is not { } reference)
        {
            return;
        }

        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, grid.Count),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                (region, _) => grains.Region(hunt, region).UnwatchAsync(reference, CancellationToken.None));
        }
        catch (Exception fault)
        {
            // They end by themselves within a minute.
            LogEndFailed(logger, fault, hunt);
        }

        grains.DeleteObjectReference<IRegionWatcher>(reference);
    }

    public void Changed(RegionNews news)
    {
        lock (_gate)
        {
            var region = news.Region;
            if ((uint)region >= (uint)_versions.Length || _watchedAt[region] == 0 || news.Version <= _versions[region])
            {
                return;
            }

            if (news.Version != _versions[region] + 1)
            {
                _watchedAt[region] = 0;
                return;
            }

            _versions[region] = news.Version;
            foreach (var gone in news.Gone)
            {
                _picture.Gone(region, gone);
            }

            foreach (var here in news.Here)
            {
                _picture.Here(region, here.Player, here.Tile);
            }

            foreach (var find in news.Finds)
            {
                _picture.Dug(find.Tile);
                if (_finds.Count < MostFinds)
                {
                    _finds.Add((find, clock.GetUtcNow()));
                }
            }
        }
    }

    private async ValueTask WatchAsync(int region, CancellationToken cancellationToken)
    {
        try
        {
            var view = await grains.Region(hunt, region).WatchAsync(_reference!, cancellationToken);
            lock (_gate)
            {
                _watchedAt[region] = Math.Max(1, clock.GetTimestamp());

                // News that came while the answer was under way are newer than it; what they built on is the view before, which had no hole.
                if (view.Version >= _versions[region] || _versions[region] == 0)
                {
                    _versions[region] = view.Version;
                    _picture.Replace(view);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogWatchFailed(logger, fault, hunt, region);
        }
    }

    [LoggerMessage(4201, LogLevel.Debug, "Hunt {Hunt}: region {Region} cannot be watched; it is asked again")]
    private static partial void LogWatchFailed(ILogger logger, Exception fault, HuntId hunt, int region);

    [LoggerMessage(4202, LogLevel.Debug, "Hunt {Hunt}: regions were not told that nobody watches any more")]
    private static partial void LogEndFailed(ILogger logger, Exception fault, HuntId hunt);
}
