using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.TestingHost;
using Veltrix.Contracts;
using Veltrix.Grains.Regions;
using Veltrix.World;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Support;

/// <summary>A cluster of one silo, or of more that a test asks for, with stores in memory, whose clock stands still until a test moves it. Each test makes a hunt of its own.</summary>
public sealed class GrainsCluster : IAsyncLifetime
{
    private static int _hunts;
    private readonly ConcurrentDictionary<GrainId, SiloAddress> _hosts = [];
    private InProcessTestCluster _cluster = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MemoryCheckpoints Checkpoints { get; } = new();

    public MemoryMaps Maps { get; } = new();

    public MemoryLedger Ledger => field ??= new MemoryLedger(Clock);

    /// <summary>How many players a region takes in over its borders.</summary>
    public int RegionPlayers { get; init; } = 4096;

    /// <summary>How many silos there are.</summary>
    public short Silos { get; init; } = 1;

    /// <summary>Where grains are sent.</summary>
    public TestSpread Spread { get; } = new();

    public IEnumerable<SiloAddress> Addresses => _cluster.Silos.Select(silo => silo.SiloAddress);

    public IGrainFactory Grains => _cluster.Client;

    public IServiceProvider Silo => _cluster.Silos[0].ServiceProvider;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(Clock);

            // Only grains live by the test's clock: the runtime's own loops go on by the real one.
            foreach (var area in (string[])["Orleans.Messaging", "Orleans.SystemTimers", "Orleans.Membership", "Orleans.ActivationManagement", "Orleans.GrainDirectory"])
            {
                silo.Services.AddKeyedSingleton(area, TimeProvider.System);
            }

            silo.Services.AddSingleton<ICheckpointStore>(Checkpoints);
            silo.Services.AddSingleton<IMapStore>(Maps);
            silo.Services.AddSingleton<IMapThreads, PoolThreads>();
            silo.Services.AddSingleton(Ledger);
            silo.Services.AddSingleton<ILedgerArchive>(Ledger);
            silo.Services.AddSingleton(provider => Spread.At(provider.GetRequiredService<ILocalSiloDetails>()));
            silo.AddMemoryGrainStorage(StorageNames.Grains);
            silo.AddVeltrixGrains();
            silo.AddIncomingGrainCallFilter(call =>
            {
                _hosts[call.TargetId] = call.TargetContext.Address.SiloAddress!;
                return call.Invoke();
            });
            silo.Configure<RegionOptions>(options => options.Players = RegionPlayers);
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(20));
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>The silo where a grain's last call ran. Orleans' directory would tell from a cache where the grain was a while ago.</summary>
    public SiloAddress HostOf(IAddressable grain) => _hosts[grain.GetGrainId()];

    /// <summary>Makes a hunt that runs, with a name of its own.</summary>
    public async Task<TestHunt> NewHuntAsync(TileMap? map = null, HuntRules? rules = null, bool start = true)
    {
        map ??= TestMaps.Open(64, 64);
        rules ??= new HuntRules { RegionSize = 16, StepsPerSecond = 1000, LedgerShards = 4 };
        var id = new HuntId($"hunt-{Interlocked.Increment(ref _hunts)}");
        await Maps.SaveAsync(new MapSummary(map.Hash, map.Name, map.Width, map.Height), MapCodec.Encode(map));
        var draft = new HuntDraft("A hunt", map.Hash, Seed: 7, rules);
        var made = await Grains.Hunt(id).CreateAsync(draft);
        Assert.Equal(HuntStatus.Ok, made.Status);
        if (start)
        {
            Assert.Equal(HuntStatus.Ok, (await Grains.Hunt(id).StartAsync()).Status);
        }

        return new TestHunt(this, id, map, rules, TreasurePlan.Create(map, rules, draft.Seed));
    }
}

/// <summary>One test's hunt, and handy ways into it.</summary>
public sealed class TestHunt(GrainsCluster cluster, HuntId id, TileMap map, HuntRules rules, TreasurePlan plan)
{
    private long _sessions;

    public GrainsCluster Cluster => cluster;

    public HuntId Id => id;

    /// <summary>A tile from which none of the others can be reached in one step.</summary>
    public Tile FarFrom(params Tile[] others) => Enumerable.Range(0, map.Width * map.Height)
        .Select(index => Tile.At(index % map.Width, index / map.Width))
        .First(tile => map.IsOpen(tile) && others.All(other => tile.StepsTo(other) > rules.Reach));

    public TileMap Map => map;

    public HuntRules Rules => rules;

    public TreasurePlan Plan => plan;

    public RegionGrid Grid { get; } = new(map, rules.RegionSize);

    public IRegionGrain Region(Tile tile) => cluster.Grains.Region(id, Grid.RegionOf(tile));

    public SessionId NewSession()
    {
        var number = Interlocked.Increment(ref _sessions);
        return new SessionId(new Guid((int)number, 0, 0, BitConverter.GetBytes(World.StableHash.Of(id.Value))));
    }

    /// <summary>A player who has joined, set down where the test wants them.</summary>
    public async Task<TestPlayer> JoinAsync(string name, Tile at)
    {
        var player = new PlayerId(name);
        cluster.Checkpoints.Put(new PlayerCheckpoint(id, player, NewSession(), 0, at, Left: true, default));
        return await JoinAsync(name);
    }

    public async Task<TestPlayer> JoinAsync(string name)
    {
        var player = new TestPlayer(this, new PlayerId(name), NewSession());
        var joined = await player.Grain.JoinAsync(player.Session);
        Assert.Equal(SessionStatus.Playing, joined.Status);
        player.Last = new Standpoint(0, joined.Tile);
        return player;
    }
}

/// <summary>A player with a client's and a gateway's memory of the session.</summary>
public sealed class TestPlayer(TestHunt hunt, PlayerId id, SessionId session)
{
    public PlayerId Id => id;

    public SessionId Session { get; set; } = session;

    public IPlayerGrain Grain => hunt.Cluster.Grains.Player(hunt.Id, id);

    public ulong Next { get; set; } = 1;

    public ulong Received { get; set; }

    public Standpoint Last { get; set; }

    public Tile Tile => Last.Tile;

    public PlayRequest Request(params PlayerCommand[] commands) => new(Session, Next, Received, [.. commands], Last);

    /// <summary>Plays commands, once, and takes note of the answers.</summary>
    public async Task<PlayReply> PlayAsync(params PlayerCommand[] commands) => Note(await Grain.PlayAsync(Request(commands)), commands.Length);

    /// <summary>Plays one command and answers its answer.</summary>
    public async Task<CommandAnswer> DoAsync(PlayerCommand command) => (await PlayAsync(command)).Answers[0];

    /// <summary>Repeats a request after each fault, as a gateway does.</summary>
    public async Task<PlayReply> InsistAsync(params PlayerCommand[] commands)
    {
        var request = Request(commands);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return Note(await Grain.PlayAsync(request), commands.Length);
            }
            catch (Exception) when (attempt < 20)
            {
                // The next attempt repeats the same request.
            }
        }
    }

    public PlayReply Note(PlayReply reply, int commands)
    {
        Assert.Equal(SessionStatus.Playing, reply.Status);
        Assert.Equal(commands, reply.Answers.Length);
        Next += (ulong)commands;
        Received = Next - 1;
        Last = new Standpoint(Next - 1, reply.Tile);
        return reply;
    }
}
