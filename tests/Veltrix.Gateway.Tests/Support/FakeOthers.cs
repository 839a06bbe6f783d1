using System.Collections.Concurrent;
using Orleans.Concurrency;
using Veltrix.World;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>A hunt that follows the rules of its contract, without a store.</summary>
internal sealed class FakeHunt(FakeMaps maps, ConcurrentDictionary<string, FakeHunt> all, string id) : IHuntGrain
{
    public HuntDefinition? Definition { get; set; }

    public int Ends { get; private set; }

    /// <summary>How often somebody asked for the definition.</summary>
    public int Gets { get; private set; }

    /// <summary>Whoever asks for the definition waits for this.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    public ValueTask<HuntReply> CreateAsync(HuntDraft draft, CancellationToken cancellationToken = default)
    {
        if (Definition is { } known)
        {
            return new(known.Draft with { StartsAt = draft.StartsAt } == draft ? new HuntReply(HuntStatus.Ok, known) : new HuntReply(HuntStatus.Exists));
        }

        if (!maps.Has(draft.MapHash))
        {
            return new(new HuntReply(HuntStatus.NoMap));
        }

        Definition = new HuntDefinition(new HuntId(id), draft, TimeProvider.System.GetUtcNow(), 1);
        all[id] = this;
        return new(new HuntReply(HuntStatus.Ok, Definition));
    }

    public ValueTask<HuntReply> StartAsync(CancellationToken cancellationToken = default) => new(Change(draft => draft with { StartsAt = TimeProvider.System.GetUtcNow() }));

    public ValueTask<HuntReply> EndAsync(CancellationToken cancellationToken = default)
    {
        Ends++;
        return new(Change(draft => draft with { EndsAt = TimeProvider.System.GetUtcNow() }));
    }

    public async ValueTask<HuntDefinition?> GetAsync(CancellationToken cancellationToken = default)
    {
        Gets++;
        await Held;
        return Definition;
    }

    private HuntReply Change(Func<HuntDraft, HuntDraft> change)
    {
        if (Definition is not { } known)
        {
            return new HuntReply(HuntStatus.NotFound);
        }

        Definition = known with { Draft = change(known.Draft), Version = known.Version + 1 };
        return new HuntReply(HuntStatus.Ok, Definition);
    }
}

internal sealed class FakeHuntList(FakeGrains grains) : IHuntListGrain
{
    public ValueTask AddAsync(HuntId hunt, CancellationToken cancellationToken = default) => default;

    public ValueTask<ImmutableArray<HuntId>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) => grains.IsAway
        ? throw new TimeoutException("The cluster is away.")
        : new([.. grains.Hunts.Where(hunt => hunt.Value.Definition is not null).Select(hunt => hunt.Key).Order(StringComparer.Ordinal)
            .Where(id => after is null || string.CompareOrdinal(id, after) > 0).Take(limit).Select(id => new HuntId(id))]);
}

internal sealed class FakeOperatorKeys(FakeGrains grains) : IOperatorKeysGrain
{
    private ImmutableArray<OperatorKey> _keys = [];

    public int Asked { get; private set; }

    public ValueTask<bool> AddAsync(OperatorKey key, CancellationToken cancellationToken = default)
    {
        _keys = _keys.Add(key);
        return new(true);
    }

    public ValueTask<OperatorKey?> RevokeAsync(string id, CancellationToken cancellationToken = default)
    {
        var key = _keys.FirstOrDefault(known => known.Id == id);
        _keys = _keys.RemoveAll(known => known.Id == id);
        return new(key);
    }

    public ValueTask<ImmutableArray<OperatorKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        Asked++;
        return grains.IsAway ? throw new TimeoutException("The cluster is away.") : new(_keys);
    }
}

internal sealed class FakeMaps : IMapLibraryGrain
{
    private readonly ConcurrentDictionary<string, byte[]> _maps = new(StringComparer.Ordinal);

    public void Add(TileMap map) => _maps[map.Hash] = MapCodec.Encode(map);

    public bool Has(string hash) => _maps.ContainsKey(hash);

    public ValueTask<MapSummary> StoreAsync(Immutable<byte[]> encoded, CancellationToken cancellationToken = default)
    {
        var map = MapCodec.Decode(encoded.Value);
        Add(map);
        return new(new MapSummary(map.Hash, map.Name, map.Width, map.Height));
    }

    public ValueTask<Immutable<byte[]>?> LoadAsync(string hash, CancellationToken cancellationToken = default) =>
        new(_maps.TryGetValue(hash, out var map) ? new Immutable<byte[]>(map) : null);

    public ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) =>
        new([.. _maps.Keys.Order(StringComparer.Ordinal).Where(hash => after is null || string.CompareOrdinal(hash, after) > 0).Take(limit)
            .Select(hash => MapCodec.Decode(_maps[hash])).Select(map => new MapSummary(map.Hash, map.Name, map.Width, map.Height))]);
}

internal sealed class FakeBoard : IBoardGrain
{
    public List<PlayerTotal> Totals { get; } = [];

    public ValueTask<BoardPage> TopAsync(int count, CancellationToken cancellationToken = default) => new(Page(0, count));

    public ValueTask<BoardPage> AroundAsync(PlayerId player, int either, CancellationToken cancellationToken = default)
    {
        var at = Totals.FindIndex(total => total.Player == player);
        return new(at < 0 ? new BoardPage([], Totals.Count, 0, 0) : Page(Math.Max(0, at - either), (2 * either) + 1));
    }

    public ValueTask RecordAsync(int shard, long first, long last, ImmutableArray<ScoredEntry> scored, CancellationToken cancellationToken = default) => default;

    private BoardPage Page(int first, int count)
    {
        lock (Totals)
        {
            return new BoardPage(
                [.. Totals.Skip(first).Take(count).Select((total, i) => new Standing(first + i + 1, total))], Totals.Count, Totals.Sum(total => total.Finds), Totals.Sum(total => total.Points));
        }
    }
}

/// <summary>Shards with made-up entries: three in each.</summary>
internal sealed class FakeShard
{
    public int Entries { get; set; } = 3;

    public ILedgerShardGrain Of(string key) => new One(this, int.Parse(GrainKeys.Split(key).Own), GrainKeys.Split(key).Hunt);

    private sealed class One(FakeShard all, int shard, HuntId hunt) : ILedgerShardGrain
    {
        public ValueTask<ImmutableArray<EntryReceipt>> AppendAsync(ImmutableArray<EntryDraft> drafts, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<EntryReceipt?> FindAsync(OperationId operation, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<ShardHead> SealAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<ShardHead> HeadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(long after, int limit, CancellationToken cancellationToken = default) =>
            new([.. Enumerable.Range((int)after + 1, Math.Clamp(all.Entries - (int)after, 0, limit)).Select(position => Entry(position))]);

        private LedgerEntry Entry(int position) => new(
            hunt,
            shard,
            position,
            1_800_000_000_000 + position,
            new EntryDraft(new OperationId(new SessionId(Guid.Empty), (ulong)position), EntryKind.Claim, new PlayerId("ann"), new Tile(1, 2), 0, 10, position),
            [],
            [.. new byte[32]],
            [.. Enumerable.Repeat((byte)position, 32)]);
    }
}

/// <summary>A region that tells its watchers what a test says.</summary>
internal sealed class FakeRegion(int region) : IRegionGrain
{
    private readonly Lock _gate = new();
    private readonly List<IRegionWatcher> _watchers = [];
    private readonly Dictionary<PlayerId, Tile> _players = [];
    private readonly List<Tile> _holes = [];
    private long _version;

    public int Watches { get; private set; }

    public int Watchers
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    public void Say(ImmutableArray<SeenPlayer> here, ImmutableArray<PlayerId> gone, ImmutableArray<Find> finds, bool lose = false)
    {
        lock (_gate)
        {
            foreach (var player in gone)
            {
                _players.Remove(player);
            }

            foreach (var seen in here)
            {
                _players[seen.Player] = seen.Tile;
            }

            _holes.AddRange(finds.Select(find => find.Tile));
            var news = new RegionNews(region, ++_version, here, gone, finds, 0);
            foreach (var watcher in lose ? [] : _watchers)
            {
                watcher.Changed(news);
            }
        }
    }

    public ValueTask<RegionView> WatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Watches++;
            if (!_watchers.Contains(watcher))
            {
                _watchers.Add(watcher);
            }

            return new(new RegionView(region, _version, [.. _players.Select(player => new SeenPlayer(player.Key, player.Value))], [.. _holes], 0));
        }
    }

    public ValueTask UnwatchAsync(IRegionWatcher watcher, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
        }

        return default;
    }

    public ValueTask<ImmutableArray<StepOutcome>> ApplyAsync(RegionRequest request) => throw new NotSupportedException();

    public ValueTask WalkAsync(PlayerId player, OperationId asOf, Tile tile) => throw new NotSupportedException();

    public ValueTask<Sighting> LookAsync(PlayerId looker, World.Sights.SightMask sight, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask ArriveAsync(PlayerId player, OperationId asOf, Tile tile, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask DepartAsync(PlayerId player, OperationId asOf, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
