namespace Veltrix.Grains.Regions;

/// <summary>The region's watchers: gateways that are told of changes, a few times a second, by news without holes.</summary>
internal sealed partial class RegionGrain
{
    // By watcher: until when it watches, in milliseconds of the region's clock.
    private readonly Dictionary<IRegionWatcher, long> _watchers = [];
    private RegionNewsDesk _news = null!;

    // Exists only while there are watchers and something changes: a quiet region costs no timer.
    private IGrainTimer? _newsTimer;

    public ValueTask<RegionView> WatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default)
    {
        DropExpired();
        if (!_watchers.ContainsKey(watcher) && _watchers.Count >= _options.Watchers)
        {
            _watchers.Remove(_watchers.MinBy(static other => other.Value).Key);
        }

        // The others hear first what the view will show, so that the view's version means the same to all.
        SendNews();
        _watchers[watcher] = NowMilliseconds() + (long)_options.WatchLasts.TotalMilliseconds;
        return new(new RegionView(_region, _news.Version, _ground.Crowd.ToSeen(), [.. _ground.Diggings.Marks], _ground.Clues.Count));
    }

    public ValueTask UnwatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default)
    {
        _watchers.Remove(watcher);
        return ValueTask.CompletedTask;
    }

    private void Tell(PlayerId player)
    {
        if (_watchers.Count > 0)
        {
            _news.Changed(player);
            AwaitNews();
        }
    }

    private void TellFind(Find find)
    {
        if (_watchers.Count > 0)
        {
            _news.Found(find);
            AwaitNews();
        }
    }

    private void TellClues()
    {
        if (_watchers.Count > 0)
        {
            _news.CluesChanged();
            AwaitNews();
        }
    }

    private void AwaitNews() => _newsTimer ??= this.RegisterGrainTimer(
        static (region, _) => region.OnNewsDueAsync(),
        this,
        new GrainTimerCreationOptions(_options.NewsEvery, _options.NewsEvery) { Interleave = true });

    private Task OnNewsDueAsync()
    {
        DropExpired();
        if (_watchers.Count > 0 && _news.HasNews)
        {
            SendNews();
        }
        else
        {
            _news.Clear();
            _newsTimer?.Dispose();
            _newsTimer = null;
        }

        return Task.CompletedTask;
    }

    private void SendNews()
    {
        if (!_news.HasNews)
        {
            return;
        }

        var news = _news.Next(_ground);
        List<IRegionWatcher>? broken = null;
        foreach (var watcher in _watchers.Keys)
        {
            try
            {
                watcher.Changed(news);
            }
            catch (Exception fault)
            {
                LogWatcherDropped(fault, _scene.Hunt, _region);
                (broken ??= []).Add(watcher);
            }
        }

        metrics.NewsSent(_watchers.Count);
        foreach (var watcher in broken ?? [])
        {
            _watchers.Remove(watcher);
        }
    }

    private void DropExpired()
    {
        var now = NowMilliseconds();
        foreach (var (watcher, until) in _watchers)
        {
            if (until < now)
            {
                // Removing while enumerating is allowed in a Dictionary, and keeps the enumerator valid.
                _watchers.Remove(watcher);
            }
        }
    }
}
