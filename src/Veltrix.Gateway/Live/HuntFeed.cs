using Microsoft.Extensions.Logging;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Maps;
using Veltrix.World;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Live;

/// <summary>
/// What happens in one hunt, for the viewers of its page and for players who asked to be told what comes into view. It runs only while somebody looks.
/// Several times a second all viewers get one and the same message of changes; one who is still busy with the message before gets none, and a
/// whole picture as soon as they are free.
/// </summary>
internal sealed partial class HuntFeed(HuntRoom room, IGrainFactory grains, MapCache maps, TimeProvider clock, GatewayOptions options, ILogger<HuntFeed> logger)
{
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly LiveDelta _delta = new();
    private ImmutableArray<LiveViewer> _viewers = [];
    private ImmutableArray<SightWatch> _watches = [];
    private Task? _running;

    public HuntRoom Room => room;

    public bool InUse => _viewers.Length > 0 || _watches.Length > 0;

    public bool HasRoom => _viewers.Length < options.MaxViewers;

    /// <summary>Adds a viewer; false when there are too many.</summary>
    public bool TryAdd(LiveViewer viewer)
    {
        lock (_gate)
        {
            if (_viewers.Length >= options.MaxViewers)
            {
                return false;
            }

            _viewers = _viewers.Add(viewer);
            Start();
            return true;
        }
    }

    public void Remove(LiveViewer viewer)
    {
        lock (_gate)
        {
            _viewers = _viewers.Remove(viewer);
        }
    }

    public void Add(SightWatch watch)
    {
        lock (_gate)
        {
            _watches = _watches.Add(watch);
            Start();
        }
    }

    public void Remove(SightWatch watch)
    {
        lock (_gate)
        {
            _watches = _watches.Remove(watch);
        }
    }

    private void Start() => _running ??= RunAsync();

    private async Task RunAsync()
    {
        await Task.Yield();
        RegionWatch? regions = null;
        try
        {
            if (await FindMapAsync() is not { } map)
            {
                return;
            }

            regions = new RegionWatch(room.Id, new RegionGrid(map, room.Definition.Draft.Rules.RegionSize), grains, clock, logger);
            await RunAsync(map, regions);
        }
        catch (Exception fault)
        {
            LogFeedFailed(fault, room.Id);
        }
        finally
        {
            if (regions is not null)
            {
                await regions.EndAsync();
            }

            lock (_gate)
            {
                _running = null;
                if (InUse)
                {
                    Start();
                }
            }
        }
    }

    private async Task RunAsync(TileMap map, RegionWatch regions)
    {
        var beat = TimeSpan.FromSeconds(1.0 / (2 * options.PicturesPerSecond));
        using var timer = new PeriodicTimer(beat, clock);
        var board = new LiveBoard(room, grains, logger);
        var quietSince = clock.GetTimestamp();
        var renewing = Task.CompletedTask;
        var second = clock.GetTimestamp();
        room.Figures.Read(1);
        for (long turn = 0; await timer.WaitForNextTickAsync(); turn++)
        {
            if (InUse)
            {
                quietSince = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(quietSince) > Lingering)
            {
                return;
            }

            if (renewing.IsCompleted && turn % options.PicturesPerSecond == 0)
            {
                renewing = regions.RenewAsync(CancellationToken.None);
            }

            foreach (var watch in _watches)
            {
                watch.Push(map, regions);
            }

            if (turn % 2 == 0)
            {
                Show(regions, board, board.Events(regions.TakeFinds()));
            }

            if (clock.GetElapsedTime(second) is { TotalSeconds: >= 1 } elapsed)
            {
                second = clock.GetTimestamp();
                var players = regions.Look(0, static (picture, _) => picture.Players);
                board.Refresh(room.Figures.Read(elapsed.TotalSeconds), players, _viewers.Length);
            }
        }
    }

    private void Show(RegionWatch regions, LiveBoard board, byte[]? events)
    {
        var viewers = _viewers;
        var needPicture = false;
        foreach (var viewer in viewers)
        {
            needPicture |= viewer.NeedsPicture && viewer.IsFree;
        }

        var (changes, picture, holes) = regions.Look((this, needPicture), static (picture, state) => state.Item1.Write(picture, state.needPicture));
        var whole = needPicture ? board.Whole() : null;
        foreach (var viewer in viewers)
        {
            if (picture is not null && viewer.NeedsPicture && viewer.IsFree)
            {
                viewer.Show(picture, holes, whole);
            }
            else
            {
                viewer.Show(changes, null, events);
            }
        }
    }

    private (byte[]? Changes, byte[]? Picture, byte[]? Holes) Write(LivePicture picture, bool needPicture)
    {
        picture.WriteChanges(_delta);
        var changes = _delta.IsEmpty ? null : _delta.ToMessage(whole: false);
        if (!needPicture)
        {
            return (changes, null, null);
        }

        _delta.Clear();
        foreach (var slot in picture.Slots)
        {
            _delta.Came(slot, picture.At(slot));
        }

        return (changes, _delta.ToMessage(whole: true), LiveDelta.Holes(picture.Holes));
    }

    private async ValueTask<TileMap?> FindMapAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await maps.FindAsync(room.Definition.Draft.MapHash);
            }
            catch (Exception fault) when (attempt < 30 && InUse)
            {
                LogFeedFailed(fault, room.Id);
                await Task.Delay(TimeSpan.FromSeconds(1), clock);
            }
        }
    }

    [LoggerMessage(4203, LogLevel.Warning, "Hunt {Hunt}: the live feed failed; it starts again while somebody looks")]
    private partial void LogFeedFailed(Exception fault, HuntId hunt);
}
