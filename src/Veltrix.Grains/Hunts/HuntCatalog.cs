using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Hunts;

/// <summary>Keeps scenes by hunt, at most <see cref="HuntOptions.Scenes"/>: beyond that, those go whose use is longest ago.</summary>
internal sealed partial class HuntCatalog(
    IGrainFactory grains, MapCache maps, IMapThreads threads, IOptions<HuntOptions> options, HuntMetrics metrics, TimeProvider clock, ILogger<HuntCatalog> logger)
    : IHuntCatalog, IPlayedHunts
{
    // A definition is read again while somebody plays.
    private static readonly TimeSpan PlayedWithin = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<HuntId, Entry> _entries = new();
    private readonly HuntOptions _options = options.Value;

    public ImmutableArray<HuntId> Running
    {
        get
        {
            var now = clock.GetUtcNow();
            return [.. _entries.Where(entry => entry.Value.Ready is { } scene && IsPlayed(scene) && scene.PhaseAt(now) is HuntPhase.Running).Select(static entry => entry.Key)];
        }
    }

    public async ValueTask<HuntScene?> LoadAsync(HuntId hunt)
    {
        var entry = _entries.GetOrAdd(hunt, static id => new Entry(id));
        entry.UsedAt = clock.GetTimestamp();
        Task<HuntScene?> loading;
        lock (entry)
        {
            // A load that failed, or that found no hunt, is not kept: the hunt may be there a moment later.
            if (entry.Loading is null or { IsCompleted: true, IsCompletedSuccessfully: false } or { IsCompletedSuccessfully: true, Result: null })
            {
                // Task.Run leaves the scheduler of the grain that happens to be the first to ask: others wait for the same load.
                entry.Loading = Task.Run(() => BuildAsync(hunt));
            }

            loading = entry.Loading;
        }

        var scene = await loading;
        if (scene is null)
        {
            _entries.TryRemove(new KeyValuePair<HuntId, Entry>(hunt, entry));
            return null;
        }

        Trim();
        await FreshenAsync(scene);
        return scene;
    }

    public async Task PrepareAsync(HuntId hunt) => await LoadAsync(hunt);

    public ValueTask FreshenAsync(HuntScene scene)
    {
        var age = clock.GetElapsedTime(Volatile.Read(ref scene.ReadAt));
        if (age < _options.RefreshEvery)
        {
            return ValueTask.CompletedTask;
        }

        if (Volatile.Read(ref scene.Reading) is not { } reading)
        {
            reading = BeginReading(scene);
        }

        return age < _options.MaxAge ? ValueTask.CompletedTask : new ValueTask(reading);
    }

    private bool IsPlayed(HuntScene scene) => clock.GetElapsedTime(Volatile.Read(ref scene.ReadAt)) < PlayedWithin;

    private Task BeginReading(HuntScene scene)
    {
        lock (scene)
        {
            // Task.Run leaves the scheduler of the grain that happens to be the one who noticed: it may be gone before the answer comes.
            return scene.Reading ??= Task.Run(() => ReadAsync(scene));
        }
    }

    private async Task ReadAsync(HuntScene scene)
    {
        var asked = clock.GetTimestamp();
        try
        {
            if (await grains.Hunt(scene.Hunt).GetAsync() is { } read)
            {
                scene.Take(read);
            }
        }
        catch (Exception fault)
        {
            // Play goes on by the times that were known last: the ledger's seal decides what scores. The next use tries again.
            metrics.ReadFailed();
            LogReadFailed(fault, scene.Hunt);
        }
        finally
        {
            Volatile.Write(ref scene.ReadAt, asked);
            Volatile.Write(ref scene.Reading, null);
        }
    }

    private async Task<HuntScene?> BuildAsync(HuntId hunt)
    {
        var asked = clock.GetTimestamp();
        if (await grains.Hunt(hunt).GetAsync() is not { } definition)
        {
            return null;
        }

        var map = await maps.LoadAsync(definition.Draft.MapHash)
            ?? throw new InvalidOperationException($"Hunt {hunt} is played on map {definition.Draft.MapHash}, which is not in the map store. Store the map again.");

        // Where the treasures lie is found by walking over the whole map.
        var scene = await threads.RunAsync(() => new HuntScene(definition, map, grains) { ReadAt = asked });
        metrics.SceneBuilt();
        LogBuilt(hunt, map.Name, map.Width, map.Height, scene.Grid.Count, scene.Plan.All.Length);
        return scene;
    }

    private void Trim()
    {
        while (_entries.Count > _options.Scenes)
        {
            var oldest = _entries.MinBy(static entry => entry.Value.UsedAt);
            _entries.TryRemove(oldest);
        }
    }

    [LoggerMessage(5001, LogLevel.Information, "Hunt {Hunt} is ready here: map {Map}, {Width} x {Height} tiles, {Regions} regions, {Treasures} treasures")]
    private partial void LogBuilt(HuntId hunt, string map, int width, int height, int regions, int treasures);

    [LoggerMessage(5002, LogLevel.Warning, "The definition of hunt {Hunt} could not be read; play goes on by what was known")]
    private partial void LogReadFailed(Exception fault, HuntId hunt);

    private sealed class Entry(HuntId hunt)
    {
        public HuntId Hunt { get; } = hunt;

        public Task<HuntScene?>? Loading { get; set; }

        public HuntScene? Ready => Loading is { IsCompletedSuccessfully: true } done ? done.Result : null;

        public long UsedAt { get; set; }
    }
}
