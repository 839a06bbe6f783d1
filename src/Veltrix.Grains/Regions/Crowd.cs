using System.Runtime.InteropServices;
using Veltrix.World;
using Veltrix.World.Sights;

namespace Veltrix.Grains.Regions;

/// <summary>
/// Who stands where in a region. Tiles lie in one dense array, which a look scans; a player who goes leaves the slot to the last one.
/// <para>
/// Each place is known as of a command (session and sequence). Of one session the later command is right, in whatever order word of them
/// comes. Of two sessions that which was heard last is right: sessions have no order, the player grain tells of a new one before it
/// plays it, and a wrong word that came late is mended by the player's next command. So that an overtaken word does not bring back who has left,
/// the latest departures are remembered as well.
/// </para>
/// </summary>
internal sealed class Crowd
{
    /// <summary>How many departures are remembered: words overtake each other by moments, in which not so many leave a region.</summary>
    internal const int RememberedDepartures = 256;

    private readonly Dictionary<PlayerId, OperationId> _departed = [];
    private readonly Queue<PlayerId> _departures = [];
    private readonly Dictionary<PlayerId, int> _slots = [];
    private PlayerId[] _players = [];
    private Tile[] _tiles = [];
    private Word[] _words = [];

    public int Count { get; private set; }

    public ReadOnlySpan<Tile> Tiles => _tiles.AsSpan(0, Count);

    public ReadOnlySpan<PlayerId> Players => _players.AsSpan(0, Count);

    public bool Contains(PlayerId player) => _slots.ContainsKey(player);

    /// <summary>Takes a word about where a player stands.</summary>
    /// <param name="player">who</param>
    /// <param name="asOf">the command that brought them there</param>
    /// <param name="tile">where</param>
    /// <param name="now">when it was heard, in milliseconds of a steady clock</param>
    /// <returns>whether anything changed that somebody could see</returns>
    public bool Place(PlayerId player, OperationId asOf, Tile tile, long now)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, player, out var known);
        if (!known)
        {
            if (_departed.TryGetValue(player, out var left) && left.Session == asOf.Session && asOf.Sequence < left.Sequence)
            {
                _slots.Remove(player);
                return false;
            }

            slot = Add(player);
        }
        else if (_words[slot].AsOf.Session == asOf.Session && asOf.Sequence < _words[slot].AsOf.Sequence)
        {
            return false;
        }

        var changed = !known || _tiles[slot] != tile;
        _tiles[slot] = tile;
        _words[slot] = new Word(asOf, now);
        return changed;
    }

    /// <summary>Takes the word that a player is gone, as of a command. A later command of theirs, or another session, keeps them.</summary>
    public bool Remove(PlayerId player, OperationId asOf)
    {
        var known = _slots.TryGetValue(player, out var slot);
        if (known && (_words[slot].AsOf.Session != asOf.Session || _words[slot].AsOf.Sequence > asOf.Sequence))
        {
            return false;
        }

        if (known)
        {
            RemoveAt(slot);
        }

        RememberDeparture(player, asOf);
        return known;
    }

    /// <summary>Removes a player who was not heard of since a moment, if there is one: to be called until it answers false.</summary>
    public bool RemoveUnheard(long since, out PlayerId player)
    {
        for (var slot = 0; slot < Count; slot++)
        {
            if (_words[slot].HeardAt < since)
            {
                player = _players[slot];
                RemoveAt(slot);
                return true;
            }
        }

        player = default;
        return false;
    }

    /// <summary>Where a player stands.</summary>
    public bool TryFind(PlayerId player, out Tile tile)
    {
        var known = _slots.TryGetValue(player, out var slot);
        tile = known ? _tiles[slot] : default;
        return known;
    }

    /// <summary>The nearest players in sight but the one who looks; answers how many are in sight.</summary>
    public int See(PlayerId looker, SightMask sight, out ImmutableArray<SeenPlayer> nearest)
    {
        Span<Near> kept = stackalloc Near[Sighting.MaxPlayers];
        var pick = new NearestPick<ByName>(kept, sight.Eye, new ByName(_players));
        var self = _slots.TryGetValue(looker, out var own) ? own : -1;
        var count = 0;
        var tiles = Tiles;
        int left = sight.Eye.X - sight.Radius, top = sight.Eye.Y - sight.Radius, side = (2 * sight.Radius) + 1;
        for (var slot = 0; slot < tiles.Length; slot++)
        {
            // Of 500 players in a region some 35 are in the square around the eye: two comparisons turn the others away.
            var tile = tiles[slot];
            if ((uint)(tile.X - left) < (uint)side && (uint)(tile.Y - top) < (uint)side && sight.Sees(tile) && slot != self)
            {
                count++;
                pick.Offer(tile, slot);
            }
        }

        if (count == 0)
        {
            nearest = [];
            return 0;
        }

        var seen = new SeenPlayer[pick.Count];
        var at = 0;
        foreach (var item in pick.InOrder())
        {
            seen[at++] = new SeenPlayer(_players[item.Index], _tiles[item.Index]);
        }

        nearest = ImmutableCollectionsMarshal.AsImmutableArray(seen);
        return count;
    }

    public ImmutableArray<SeenPlayer> ToSeen()
    {
        var all = ImmutableArray.CreateBuilder<SeenPlayer>(Count);
        for (var slot = 0; slot < Count; slot++)
        {
            all.Add(new SeenPlayer(_players[slot], _tiles[slot]));
        }

        return all.MoveToImmutable();
    }

    /// <summary>All who stand here, and how long ago that was heard.</summary>
    public Bystander[] ToBystanders(long now)
    {
        var all = new Bystander[Count];
        for (var slot = 0; slot < all.Length; slot++)
        {
            all[slot] = new Bystander(_players[slot], _words[slot].AsOf, _tiles[slot], now - _words[slot].HeardAt);
        }

        return all;
    }

    private int Add(PlayerId player)
    {
        if (Count == _players.Length)
        {
            var room = Math.Max(8, 2 * Count);
            Array.Resize(ref _players, room);
            Array.Resize(ref _tiles, room);
            Array.Resize(ref _words, room);
        }

        _players[Count] = player;
        return Count++;
    }

    private void RememberDeparture(PlayerId player, OperationId asOf)
    {
        if (_departed.TryGetValue(player, out var known) && known.Session == asOf.Session && known.Sequence > asOf.Sequence)
        {
            return;
        }

        if (_departed.TryAdd(player, asOf))
        {
            _departures.Enqueue(player);
        }

        _departed[player] = asOf;
        if (_departures.Count > RememberedDepartures)
        {
            _departed.Remove(_departures.Dequeue());
        }
    }

    private void RemoveAt(int slot)
    {
        _slots.Remove(_players[slot]);
        var last = --Count;
        if (slot != last)
        {
            (_players[slot], _tiles[slot], _words[slot]) = (_players[last], _tiles[last], _words[last]);
            _slots[_players[slot]] = slot;
        }

        _players[last] = default;
    }

    /// <param name="AsOf">the command as of which a place is known</param>
    /// <param name="HeardAt">when the word came, in milliseconds of a steady clock</param>
    private readonly record struct Word(OperationId AsOf, long HeardAt);

    private readonly struct ByName(PlayerId[] players) : ITieBreak
    {
        public int Compare(int one, int other) => string.CompareOrdinal(players[one].Value, players[other].Value);
    }
}
