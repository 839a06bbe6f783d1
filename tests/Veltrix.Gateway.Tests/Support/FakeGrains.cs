using System.Collections.Concurrent;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>Grains without a cluster: what the gateway asks for is answered by objects that a test can script.</summary>
internal sealed class FakeGrains : IGrainFactory
{
    public ConcurrentDictionary<string, FakePlayer> Players { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, FakeHunt> Hunts { get; } = new(StringComparer.Ordinal);

    public FakeMaps Maps { get; } = new();

    public FakeBoard Board { get; } = new();

    public FakeShard Shard { get; } = new();

    public FakeOperatorKeys OperatorKeys => field ??= new FakeOperatorKeys(this);

    /// <summary>What Orleans' management says; null: it does not answer.</summary>
    public IManagementGrain? Management { get; set; }

    /// <summary>The silos' doors that were asked for, by id.</summary>
    public ConcurrentDictionary<GrainId, FakeDoor> Doors { get; } = [];

    public ConcurrentDictionary<string, FakeRegion> Regions { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes a player whom somebody asks for.</summary>
    public Func<FakePlayer> MakePlayer { get; set; } = static () => new FakePlayer();

    /// <summary>Faults every call to the list of hunts and to the operators' keys: the cluster is away.</summary>
    public bool IsAway { get; set; }

    public static HuntDefinition Definition(string id, string map, HuntRules? rules = null, DateTimeOffset? endsAt = null) => new(
        new HuntId(id),
        new HuntDraft("A hunt", map, 0xFFFF_FFFF_FFFF_FFFF, rules ?? new HuntRules { Guests = true }, TimeProvider.System.GetUtcNow().AddMinutes(-1), endsAt),
        TimeProvider.System.GetUtcNow(),
        1);

    /// <summary>A running hunt on a meadow of 128 x 128 tiles.</summary>
    public FakeHunt Run(string id, HuntRules? rules = null, DateTimeOffset? endsAt = null)
    {
        var map = Meadow(128, 128);
        Maps.Add(map);
        var hunt = new FakeHunt(Maps, Hunts, id) { Definition = Definition(id, map.Hash, rules, endsAt) };
        Hunts[id] = hunt;
        return hunt;
    }

    public static TileMap Meadow(int width, int height)
    {
        var ground = new ushort[width * height];
        Array.Fill(ground, new Ground(Terrain.Grass, blocks: false, hides: false).Bits);
        var paint = new byte[ground.Length];
        for (var i = 0; i < paint.Length; i++)
        {
            paint[i] = (byte)(((i / width / 8) + (i % width / 8)) % 2);
        }

        return new TileMap("meadow", width, height, ground, paint, [0x4C7A3A, 0x5C8A45], []);
    }

    public TGrain GetGrain<TGrain>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrain : IGrainWithStringKey
    {
        object grain = typeof(TGrain) switch
        {
            var type when type == typeof(IPlayerGrain) => Players.GetOrAdd(primaryKey, _ => MakePlayer()),
            var type when type == typeof(IHuntGrain) => Hunts.GetOrAdd(primaryKey, key => new FakeHunt(Maps, Hunts, key)),
            var type when type == typeof(IHuntListGrain) => new FakeHuntList(this),
            var type when type == typeof(IMapLibraryGrain) => Maps,
            var type when type == typeof(IBoardGrain) => Board,
            var type when type == typeof(IOperatorKeysGrain) => OperatorKeys,
            var type when type == typeof(ILedgerShardGrain) => Shard.Of(primaryKey),
            var type when type == typeof(IRegionGrain) => Regions.GetOrAdd(primaryKey, static key => new FakeRegion(int.Parse(GrainKeys.Split(key).Own))),
            var type => throw new NotSupportedException(type.Name),
        };
        return (TGrain)grain;
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => (TGrainObserverInterface)obj;

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
    }

    public TGrain GetGrain<TGrain>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrain : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrain GetGrain<TGrain>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrain : IGrainWithIntegerKey => (TGrain)(Management ?? throw new TimeoutException("The management does not answer."));

    public TGrain GetGrain<TGrain>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrain : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrain GetGrain<TGrain>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrain : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => typeof(TGrainInterface) == typeof(IPlayerDoor)
            ? (TGrainInterface)(object)Doors.GetOrAdd(grainId, _ => new FakeDoor(this))
            : throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();
}
