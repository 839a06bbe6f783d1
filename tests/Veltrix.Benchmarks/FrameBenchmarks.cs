using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Veltrix.Contracts;
using Veltrix.Grains;
using Veltrix.Hosting.Threads;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Benchmarks;

/// <summary>One frame through a silo: the call of a co-hosted gateway, the player's grain, its region's, and back.</summary>
public class FrameBenchmarks
{
    private static readonly HuntId Hunt = new("bench");
    private readonly SessionId _session = new(new Guid(1, 2, 3, new byte[8]));
    private IHost _silo = null!;
    private IPlayerGrain _player = null!;
    private PlayerCommand[] _commands = [];
    private Standpoint _last;

    /// <summary>How many commands the frame has.</summary>
    [Params(1, 8)]
    public int Commands { get; set; }

    [Params(CommandKind.Move, CommandKind.Look)]
    public CommandKind Kind { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        var ground = new ushort[64 * 64];
        Array.Fill(ground, new Ground(Terrain.Grass, blocks: false, hides: false).Bits);
        var map = new TileMap("meadow", 64, 64, ground, new byte[ground.Length], [0x00FF00], []);
        var stores = new Stores(MapCodec.Encode(map));
        _silo = Host.CreateDefaultBuilder()
            .ConfigureLogging(static logging => logging.ClearProviders())
            .UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(siloPort: 21_111, gatewayPort: 0).AddMemoryGrainStorage(StorageNames.Grains).AddVeltrixGrains();
                silo.Services.AddSingleton<ICheckpointStore>(stores);
                silo.Services.AddSingleton<IMapStore>(stores);
                silo.Services.AddSingleton<IMapThreads, MapThreads>();
                silo.Services.AddSingleton<ILedgerArchive>(stores);
            })
            .Build();
        await _silo.StartAsync();
        var grains = _silo.Services.GetRequiredService<IGrainFactory>();
        await grains.Hunt(Hunt).CreateAsync(new HuntDraft("A hunt", map.Hash, 1, new HuntRules()));
        await grains.Hunt(Hunt).StartAsync();
        _player = grains.Player(Hunt, new PlayerId("ada"));
        _last = new Standpoint(0, (await _player.JoinAsync(_session)).Tile);

        // A move onto the own tile costs the player nothing of their pace, and the server all that a move costs.
        _commands = [.. Enumerable.Repeat(new PlayerCommand(Kind, _last.Tile), Commands)];
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _silo.StopAsync();
        _silo.Dispose();
    }

    [Benchmark]
    public async Task PlayAsync()
    {
        var request = new PlayRequest(
            _session, _last.Sequence + 1, _last.Sequence, ImmutableCollectionsMarshal.AsImmutableArray(_commands), _last);
        var reply = await _player.PlayAsync(request);
        if (reply.Status != SessionStatus.Playing || reply.Answers[0].Result != CommandResult.Ok)
        {
            throw new InvalidOperationException($"The frame was answered {reply}.");
        }

        _last = new Standpoint(_last.Sequence + (ulong)Commands, reply.Tile);
    }

    /// <summary>Stores that keep nothing but a map: the frame touches none of them.</summary>
    private sealed class Stores(byte[] map) : ICheckpointStore, IMapStore, ILedgerArchive
    {
        public ValueTask<PlayerCheckpoint?> LoadAsync(HuntId hunt, PlayerId player, CancellationToken cancellationToken = default) => default;

        public ValueTask SaveAsync(PlayerCheckpoint checkpoint) => default;

        public ValueTask SaveAsync(MapSummary summary, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default) => default;

        public ValueTask<byte[]?> LoadAsync(string hash, CancellationToken cancellationToken = default) => new(map);

        public ValueTask<ImmutableArray<MapSummary>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) => new([]);

        public ValueTask<RegionHistory> ReadRegionAsync(HuntId hunt, int region, int clues, CancellationToken cancellationToken = default) =>
            new(new RegionHistory([], []));

        public ValueTask<LedgerTotals> ReadTotalsAsync(HuntId hunt, CancellationToken cancellationToken = default) => new(new LedgerTotals([], []));

        public ValueTask<long> ReadPointsAsync(HuntId hunt, int shard, PlayerId player, CancellationToken cancellationToken = default) => default;

        public ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
            HuntId hunt, int shard, long after, int limit, CancellationToken cancellationToken = default) => new([]);
    }
}
