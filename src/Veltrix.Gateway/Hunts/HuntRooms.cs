using System.Collections.Concurrent;
using Veltrix.Gateway.Live;

namespace Veltrix.Gateway.Hunts;

/// <summary>The hunts that somebody asked this gateway about. A room is made for a hunt that exists, and dropped when it was not used for a while.</summary>
internal sealed class HuntRooms(IGrainFactory grains, TimeProvider clock, HuntFeeds feeds)
{
    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<HuntId, HuntRoom> _rooms = new();
    private readonly ConcurrentDictionary<HuntId, TaskCompletionSource<HuntRoom?>> _asked = new();

    public IEnumerable<HuntRoom> All => _rooms.Values;

    /// <summary>
    /// The hunt's room with a definition at most <see cref="HuntRoom.Fresh"/> old; null when there is no such hunt. Who asks while another waits for the answer gets the
    /// same one: all players of a gateway that died come here at once.
    /// </summary>
    public async ValueTask<HuntRoom?> FindAsync(HuntId hunt, CancellationToken cancellationToken = default)
    {
        if (_rooms.TryGetValue(hunt, out var room) && room.IsFresh)
        {
            room.Use();
            return room;
        }

        var own = new TaskCompletionSource<HuntRoom?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = _asked.GetOrAdd(hunt, own);
        if (asked == own)
        {
            _ = AskAsync(hunt, own);
        }

        room = await asked.Task.WaitAsync(cancellationToken);
        room?.Use();
        return room;
    }

    /// <summary>Takes note of a definition that a grain gave.</summary>
    public HuntRoom Learn(HuntDefinition definition)
    {
        var room = _rooms.GetOrAdd(definition.Id, static (_, made) => new HuntRoom(made.definition, made.clock, made.feeds.For), (definition, clock, feeds));
        room.Learn(definition);
        return room;
    }

    private async Task AskAsync(HuntId hunt, TaskCompletionSource<HuntRoom?> answer)
    {
        try
        {
            var definition = await grains.Hunt(hunt).GetAsync();
            var room = definition is null ? null : Learn(definition);
            _asked.TryRemove(hunt, out _);
            answer.SetResult(room);
        }
        catch (Exception fault)
        {
            _asked.TryRemove(hunt, out _);
            answer.SetException(fault);
        }
    }

    /// <summary>Drops rooms that nobody uses.</summary>
    public void Sweep(Func<HuntRoom, bool> inUse)
    {
        foreach (var (hunt, room) in _rooms)
        {
            if (inUse(room))
            {
                room.Use();
            }
            else if (room.Unused > Unused)
            {
                _rooms.TryRemove(hunt, out _);
            }
        }
    }
}
