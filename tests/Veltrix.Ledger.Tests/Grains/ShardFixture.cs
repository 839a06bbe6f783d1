using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;
using Veltrix.Ledger.Sqlite;
using Veltrix.World.Rules;

namespace Veltrix.Ledger.Tests.Grains;

/// <summary>Two silos with the ledger's grains over one store that can be told to fail, and hunts and boards that are only remembered.</summary>
public sealed class ShardFixture : IAsyncLifetime
{
    /// <summary>How many drafts a shard lets wait here.</summary>
    public const int MaxWaiting = 4;

    private readonly TempFolder _temp = new();
    private SqliteLedgerStore _sqlite = null!;

    internal FaultyStore Store { get; private set; } = null!;

    /// <summary>Another client of the same file: what a second activation in another process is.</summary>
    internal SqliteLedgerStore Rival { get; private set; } = null!;

    internal Boards Boards { get; } = new();

    internal Hunts Hunts { get; } = new();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _sqlite = Drafts.OpenSqlite(_temp.File("ledger.db"));
        Rival = Drafts.OpenSqlite(_temp.File("ledger.db"));
        Store = new FaultyStore(_sqlite);
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<ILedgerStore>(Store);
            silo.Services.AddSingleton(Boards);
            silo.Services.AddSingleton(Hunts);
            silo.AddVeltrixLedger(options =>
            {
                options.MaxWaitingDrafts = MaxWaiting;
                options.BoardRetry = TimeSpan.FromMilliseconds(10);
            });
        });
        // A call to a silo that died hangs for this long before it can be made again.
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5)));
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _sqlite.Dispose();
        Rival.Dispose();
        _temp.Dispose();
    }

    /// <summary>A hunt of one test's own.</summary>
    internal HuntId NewHunt()
    {
        var id = new HuntId("h" + Guid.NewGuid().ToString("N"));
        Define(id, endsAt: null);
        return id;
    }

    internal void Define(HuntId hunt, DateTimeOffset? endsAt) => Hunts.All[hunt] = new HuntDefinition(
        hunt, new HuntDraft("test", "map", 1, new HuntRules { LedgerShards = 4 }, DateTimeOffset.UnixEpoch, endsAt), DateTimeOffset.UnixEpoch, 1);

    internal ILedgerShardGrain Shard(HuntId hunt, int shard = 0) => Cluster.Client.Shard(hunt, shard);
}

[CollectionDefinition(Name)]
public sealed class ShardCollection : ICollectionFixture<ShardFixture>
{
    public const string Name = "shards";
}

internal sealed class Hunts
{
    public ConcurrentDictionary<HuntId, HuntDefinition> All { get; } = new();
}

/// <summary>What boards were told, and how often they are to fail before they listen.</summary>
internal sealed class Boards
{
    public ConcurrentDictionary<HuntId, ConcurrentQueue<(int Shard, long First, long Last, ImmutableArray<ScoredEntry> Scored)>> Told { get; } = new();

    public ConcurrentDictionary<HuntId, int> Failures { get; } = new();

    public ConcurrentDictionary<(HuntId, long), TaskCompletionSource> Waits { get; } = new();

    /// <summary>Done when a board has heard of a position.</summary>
    public Task HeardOf(HuntId hunt, long position) => Waits.GetOrAdd((hunt, position), _ => new TaskCompletionSource()).Task;
}

internal sealed class TestHuntGrain(Hunts hunts) : Grain, IHuntGrain
{
    public ValueTask<HuntReply> CreateAsync(HuntDraft draft, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<HuntReply> StartAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async ValueTask<HuntReply> EndAsync(CancellationToken cancellationToken = default)
    {
        await GrainFactory.Shard(new HuntId(this.GetPrimaryKeyString()), 0).SealAsync(cancellationToken);
        return new HuntReply(HuntStatus.Ok);
    }

    public ValueTask<HuntDefinition?> GetAsync(CancellationToken cancellationToken = default) =>
        new(hunts.All.GetValueOrDefault(new HuntId(this.GetPrimaryKeyString())));
}

internal sealed class TestBoardGrain(Boards boards) : Grain, IBoardGrain
{
    public ValueTask<BoardPage> TopAsync(int count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<BoardPage> AroundAsync(PlayerId player, int either, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask RecordAsync(
        int shard, long first, long last, ImmutableArray<ScoredEntry> scored, CancellationToken cancellationToken = default)
    {
        var hunt = new HuntId(this.GetPrimaryKeyString());
        if (boards.Failures.TryGetValue(hunt, out var left) && left > 0)
        {
            boards.Failures[hunt] = left - 1;
            throw new InvalidOperationException("The board is away.");
        }

        boards.Told.GetOrAdd(hunt, _ => new()).Enqueue((shard, first, last, scored));
        for (var position = first; position <= last; position++)
        {
            boards.Waits.GetOrAdd((hunt, position), _ => new TaskCompletionSource()).TrySetResult();
        }

        return default;
    }
}
