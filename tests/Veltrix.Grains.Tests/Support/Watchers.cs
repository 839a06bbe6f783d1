using System.Threading.Channels;
using Veltrix.Contracts;

namespace Veltrix.Grains.Tests.Support;

/// <summary>A watcher whose news a test reads one by one.</summary>
public class Watcher : IRegionWatcher
{
    private readonly Channel<RegionNews> _news = Channel.CreateUnbounded<RegionNews>();
    private IRegionWatcher? _reference;

    public void Changed(RegionNews news) => _news.Writer.TryWrite(news);

    public IRegionWatcher In(GrainsCluster cluster) => _reference ??= cluster.Grains.CreateObjectReference<IRegionWatcher>(this);

    public async Task<RegionNews> NextAsync()
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        wait.CancelAfter(TimeSpan.FromSeconds(10));
        return await _news.Reader.ReadAsync(wait.Token);
    }

    public bool TryNext(out RegionNews? news) => _news.Reader.TryRead(out news);
}

/// <summary>A watcher for tests that only want the view.</summary>
public sealed class NoWatcher : Watcher;
