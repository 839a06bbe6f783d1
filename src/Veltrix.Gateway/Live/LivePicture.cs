using Veltrix.World;

namespace Veltrix.Gateway.Live;

/// <summary>
/// Who stands where in a hunt, as the regions tell it. Each player has a slot, a small number that stands for them until they are gone and that
/// every viewer has been told so. For one thread at a time.
/// </summary>
internal sealed class LivePicture(int regions)
{
    /// <summary>The most players that a picture shows: slots are 16 bits wide.</summary>
    public const int MostPlayers = 65_535;

    /// <summary>The most holes that it shows.</summary>
    public const int MostHoles = 65_536;

    // How many messages somebody who is in no region stays: two at five a second are 200 to 400 ms, and regions send news every 100 ms.
    private const int MessagesOnTheWay = 2;

    private readonly Dictionary<PlayerId, int> _slots = [];
    private readonly List<int>[] _inRegion = new List<int>[regions];
    private readonly long[] _changes = new long[regions];
    private readonly HashSet<Tile> _holes = [];
    private readonly List<int> _touched = [];
    private readonly List<int> _leaving = [];
    private readonly Stack<int> _free = [];
    private Slot[] _all = new Slot[64];
    private int _made;
    private long _message = 1;

    internal enum News : byte
    {
        None = 0,
        Moved = 1,
        Came = 2,
        Gone = 3,
    }

    public int Players => _slots.Count;

    public IReadOnlyCollection<Tile> Holes => _holes;

    /// <summary>Rises when somebody comes, moves or goes in a region.</summary>
    public long ChangesOf(int region) => _changes[region];

    /// <summary>The slots of the players in a region.</summary>
    public ReadOnlySpan<int> In(int region) => _inRegion[region] is { } slots ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(slots) : default;

    public ref readonly Slot At(int slot) => ref _all[slot];

    public bool TryFind(PlayerId player, out int slot) => _slots.TryGetValue(player, out slot);

    /// <summary>A player is in a region: came there, or moved in it.</summary>
    public void Here(int region, PlayerId player, Tile tile)
    {
        if (!_slots.TryGetValue(player, out var slot))
        {
            if (!TryTakeSlot(out slot))
            {
                return;
            }

            _slots.Add(player, slot);
            ref var made = ref _all[slot];
            made = new Slot { Player = player, Tile = tile, Region = region, Generation = made.Generation + 1 };
            Enter(slot, region);
            Tell(slot, News.Came);
            return;
        }

        ref var known = ref _all[slot];
        known.LeftAt = 0;
        if (known.Region != region)
        {
            Leave(slot, known.Region);
            Enter(slot, region);
            known.Region = region;
        }

        if (known.Tile != tile)
        {
            known.Tile = tile;
            _changes[region]++;
            Tell(slot, News.Moved);
        }
    }

    /// <summary>
    /// A player is no longer in a region. If another one has them by now, that one is right; if another one has them in a moment, they only crossed
    /// a border, whose far side was slower to tell: so they stay in the picture until the second message from now.
    /// </summary>
    public void Gone(int region, PlayerId player)
    {
        if (_slots.TryGetValue(player, out var slot) && _all[slot].Region == region && _all[slot].LeftAt == 0)
        {
            _all[slot].LeftAt = _message;
            _leaving.Add(slot);
        }
    }

    public void Dug(Tile tile)
    {
        if (_holes.Count < MostHoles)
        {
            _holes.Add(tile);
        }
    }

    /// <summary>All that there is to see in a region: who is not in it has gone.</summary>
    public void Replace(RegionView view)
    {
        var here = view.Players.Select(seen => seen.Player).ToHashSet();
        foreach (var slot in In(view.Region).ToArray())
        {
            if (!here.Contains(_all[slot].Player))
            {
                Gone(view.Region, _all[slot].Player);
            }
        }

        foreach (var seen in view.Players)
        {
            Here(view.Region, seen.Player, seen.Tile);
        }

        foreach (var hole in view.Marks)
        {
            Dug(hole);
        }
    }

    /// <summary>Writes what changed since the last time, and lets the slots of those who went be used again.</summary>
    public void WriteChanges(LiveDelta delta)
    {
        delta.Clear();
        LetGo();
        foreach (var slot in _touched)
        {
            ref var told = ref _all[slot];
            switch (told.News)
            {
                case News.Came:
                    delta.Came(slot, told);
                    break;
                case News.Moved:
                    delta.Moved(slot, told.Tile);
                    break;
                case News.Gone:
                    delta.Gone(slot);
                    _free.Push(slot);
                    break;
            }

            told.News = News.None;
        }

        _touched.Clear();
    }

    /// <summary>The players' slots, for a whole picture. Valid until the next change.</summary>
    public IEnumerable<int> Slots => _slots.Values;

    private void LetGo()
    {
        _message++;
        for (var i = _leaving.Count - 1; i >= 0; i--)
        {
            ref var left = ref _all[_leaving[i]];
            if (left.LeftAt != 0 && _message - left.LeftAt < MessagesOnTheWay)
            {
                continue;
            }

            if (left.LeftAt != 0)
            {
                left.LeftAt = 0;
                _slots.Remove(left.Player);
                Leave(_leaving[i], left.Region);
                Tell(_leaving[i], News.Gone);
            }

            _leaving.RemoveAt(i);
        }
    }

    private void Tell(int slot, News news)
    {
        ref var told = ref _all[slot];
        if (told.News is News.None)
        {
            _touched.Add(slot);
            told.News = news;
        }
        else if (news is not News.Moved)
        {
            told.News = news;
        }
    }

    private bool TryTakeSlot(out int slot)
    {
        if (_free.TryPop(out slot))
        {
            return true;
        }

        if (_made == MostPlayers)
        {
            return false;
        }

        if (_made == _all.Length)
        {
            Array.Resize(ref _all, 2 * _made);
        }

        slot = _made++;
        return true;
    }

    private void Enter(int slot, int region)
    {
        _changes[region]++;
        var slots = _inRegion[region] ??= [];
        _all[slot].Place = slots.Count;
        slots.Add(slot);
    }

    private void Leave(int slot, int region)
    {
        _changes[region]++;
        var slots = _inRegion[region];
        var place = _all[slot].Place;
        slots[place] = slots[^1];
        _all[slots[place]].Place = place;
        slots.RemoveAt(slots.Count - 1);
    }

    /// <summary>A player in the picture.</summary>
    public struct Slot
    {
        public PlayerId Player;
        public Tile Tile;
        public int Region;

        /// <summary>Which of the players that had this slot one after the other.</summary>
        public int Generation;

        /// <summary>The message that was to be written when the player was in no region any more; 0 while they are in one.</summary>
        internal long LeftAt;

        internal int Place;
        internal News News;
    }
}
