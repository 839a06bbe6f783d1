using Veltrix.Gateway.Sessions;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Sights;

namespace Veltrix.Gateway.Live;

/// <summary>
/// Tells one socket who comes into its player's view, walks in it and leaves it. It compares what is in view with what the socket was told last, so
/// a socket that was busy hears the sum of what it missed. Called by the feed, one turn at a time.
/// </summary>
internal sealed class SightWatch : IDisposable
{
    private readonly PlaySocket _socket;
    private readonly PlaySession _session;
    private readonly Dictionary<int, Told> _told = [];
    private SightMask? _mask;
    private long _changesSeen = -1;

    private SightWatch(PlaySocket socket, PlaySession session)
    {
        _socket = socket;
        _session = session;
    }

    public static SightWatch Begin(PlaySocket socket, PlaySession session)
    {
        var watch = new SightWatch(socket, session);
        session.Room.Feed.Add(watch);
        return watch;
    }

    /// <summary>Sends what changed, unless the socket is busy.</summary>
    public void Push(TileMap map, RegionWatch regions)
    {
        if (!_socket.TryEnter())
        {
            return;
        }

        var view = regions.Look((Self: this, Map: map, regions.Grid), static (picture, state) => state.Self.See(picture, state.Map, state.Grid));
        if (view is null || !view.Compare(_told))
        {
            _socket.Exit();
            return;
        }

        _ = SendAsync(view);
    }

    public void Dispose() => _session.Room.Feed.Remove(this);

    private async Task SendAsync(View view)
    {
        if (view.Left.Count > 0)
        {
            await _socket.SendInsideAsync(_socket.EncodeLeave(view.Left));
        }

        if (view.Entered.Count > 0)
        {
            await _socket.SendInsideAsync(_socket.EncodeEnter(view.Entered));
        }

        if (view.Moved.Count > 0)
        {
            await _socket.SendInsideAsync(_socket.EncodeMoved(view.Moved));
        }

        _socket.Exit();
    }

    // Null when nothing can have changed: the player stands where they stood, and nobody moved in the regions around.
    private View? See(LivePicture picture, TileMap map, RegionGrid grid)
    {
        var eye = _session.Standpoint.Tile;
        var radius = _session.Room.Definition.Draft.Rules.SightRadius;
        int left = Math.Max(0, eye.X - radius) / grid.Size, right = Math.Min(map.Width - 1, eye.X + radius) / grid.Size;
        int top = Math.Max(0, eye.Y - radius) / grid.Size, bottom = Math.Min(map.Height - 1, eye.Y + radius) / grid.Size;
        long changes = 0;
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                changes += picture.ChangesOf((row * grid.Columns) + column);
            }
        }

        if (_mask is null || _mask.Eye != eye)
        {
            _mask = Sight.From(map, eye, radius);
        }
        else if (changes == _changesSeen)
        {
            return null;
        }

        _changesSeen = changes;
        var view = new View();
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                foreach (var slot in picture.In((row * grid.Columns) + column))
                {
                    ref readonly var player = ref picture.At(slot);
                    if (_mask.Sees(player.Tile) && player.Player != _session.Seat.Player)
                    {
                        view.Add(slot, player, eye);
                    }
                }
            }
        }

        return view;
    }

    /// <summary>Whom the socket was told of: the same slot may be another player's by now.</summary>
    private readonly record struct Told(int Generation, Tile Tile, string Name);

    /// <summary>Who is in view at one moment.</summary>
    private sealed class View
    {
        private readonly List<(int Distance, int Slot, Told Player)> _seen = [];

        public List<Entered> Left { get; } = [];

        public List<Entered> Entered { get; } = [];

        public List<Entered> Moved { get; } = [];

        public void Add(int slot, in LivePicture.Slot player, Tile eye) =>
            _seen.Add((player.Tile.SquaredDistanceTo(eye), slot, new Told(player.Generation, player.Tile, player.Player.Value)));

        /// <summary>Works out the pushes, and notes them as told; false when there are none.</summary>
        public bool Compare(Dictionary<int, Told> told)
        {
            if (_seen.Count > ProtocolLimits.PlayersListed)
            {
                _seen.Sort(static (one, other) => one.Distance != other.Distance ? one.Distance.CompareTo(other.Distance) : one.Slot.CompareTo(other.Slot));
                _seen.RemoveRange(ProtocolLimits.PlayersListed, _seen.Count - ProtocolLimits.PlayersListed);
            }

            var now = new HashSet<int>(_seen.Count);
            foreach (var (_, slot, player) in _seen)
            {
                now.Add(slot);
                if (told.TryGetValue(slot, out var known) && known.Generation == player.Generation)
                {
                    if (known.Tile != player.Tile)
                    {
                        Moved.Add(Push(slot, player));
                    }
                }
                else
                {
                    if (known.Generation != 0)
                    {
                        Left.Add(Push(slot, known));
                    }

                    Entered.Add(Push(slot, player));
                }
            }

            foreach (var (slot, known) in told)
            {
                if (!now.Contains(slot))
                {
                    Left.Add(Push(slot, known));
                }
            }

            if (Left.Count + Entered.Count + Moved.Count == 0)
            {
                return false;
            }

            told.Clear();
            foreach (var (_, slot, player) in _seen)
            {
                told.Add(slot, player);
            }

            return true;
        }

        private static Entered Push(int slot, in Told player) => new((ushort)slot, player.Tile.X, player.Tile.Y, player.Name);
    }
}
