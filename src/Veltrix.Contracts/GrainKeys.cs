namespace Veltrix.Contracts;

/// <summary>
/// How the grains of a hunt are named. A key is the hunt, '/', and what is special to the grain: neither a hunt nor a player can hold a '/'.
/// </summary>
public static class GrainKeys
{
    /// <summary>The key of the one grain that lists hunts, of the one that keeps maps, and of the one that keeps operators' keys.</summary>
    public const string Whole = "all";

    /// <summary>The type in the id of a player's grain.</summary>
    public const string PlayerType = "player";

    /// <summary>The type in the id of a region's grain.</summary>
    public const string RegionType = "region";

    /// <summary>The type in the id of a ledger shard's grain.</summary>
    public const string ShardType = "ledger-shard";

    public static string Player(HuntId hunt, PlayerId player) => $"{hunt.Value}/{player.Value}";

    public static string Region(HuntId hunt, int region) => $"{hunt.Value}/{region}";

    public static string Shard(HuntId hunt, int shard) => $"{hunt.Value}/{shard}";

    public static (HuntId Hunt, string Own) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            ? (new HuntId(key[..slash]), key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is no key of a hunt's grain: it has no '/'.", nameof(key));
    }

    /// <summary>The ledger shard that keeps a player's entries. It never changes: the number of shards is fixed when a hunt is created.</summary>
    public static int ShardOf(PlayerId player, int shards) => (int)(Veltrix.World.StableHash.Of(player.Value) % (ulong)shards);

    public static IPlayerGrain Player(this IGrainFactory grains, HuntId hunt, PlayerId player) =>
        grains.GetGrain<IPlayerGrain>(Player(hunt, player));

    /// <summary>The whole id of a player's grain, for calls that name it.</summary>
    public static GrainId PlayerGrain(HuntId hunt, PlayerId player) => GrainId.Create(PlayerType, Player(hunt, player));

    public static IRegionGrain Region(this IGrainFactory grains, HuntId hunt, int region) =>
        grains.GetGrain<IRegionGrain>(Region(hunt, region));

    public static ILedgerShardGrain Shard(this IGrainFactory grains, HuntId hunt, int shard) =>
        grains.GetGrain<ILedgerShardGrain>(Shard(hunt, shard));

    public static IHuntGrain Hunt(this IGrainFactory grains, HuntId hunt) => grains.GetGrain<IHuntGrain>(hunt.Value);

    public static IBoardGrain Board(this IGrainFactory grains, HuntId hunt) => grains.GetGrain<IBoardGrain>(hunt.Value);

    public static IHuntListGrain HuntList(this IGrainFactory grains) => grains.GetGrain<IHuntListGrain>(Whole);

    public static IMapLibraryGrain MapLibrary(this IGrainFactory grains) => grains.GetGrain<IMapLibraryGrain>(Whole);

    public static IOperatorKeysGrain OperatorKeys(this IGrainFactory grains) => grains.GetGrain<IOperatorKeysGrain>(Whole);
}
