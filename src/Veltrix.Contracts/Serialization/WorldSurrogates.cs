using Veltrix.World;
using Veltrix.World.Rules;
using Veltrix.World.Sights;

namespace Veltrix.Contracts.Serialization;

// The world knows nothing of Orleans: these carry its types across silos. Ids are never reused.

[GenerateSerializer, Immutable, Alias("veltrix.tile")]
public readonly record struct TileSurrogate([property: Id(0)] uint Packed);

[RegisterConverter]
public sealed class TileConverter : IConverter<Tile, TileSurrogate>
{
    public Tile ConvertFromSurrogate(in TileSurrogate surrogate) => new((ushort)surrogate.Packed, (ushort)(surrogate.Packed >> 16));

    public TileSurrogate ConvertToSurrogate(in Tile value) => new(value.X | ((uint)value.Y << 16));
}

[GenerateSerializer, Immutable, Alias("veltrix.sight-mask")]
public readonly record struct SightMaskSurrogate([property: Id(0)] Tile Eye, [property: Id(1)] int Radius, [property: Id(2)] ulong[] Bits);

[RegisterConverter]
public sealed class SightMaskConverter : IConverter<SightMask, SightMaskSurrogate>
{
    public SightMask ConvertFromSurrogate(in SightMaskSurrogate surrogate) => new(surrogate.Eye, surrogate.Radius, surrogate.Bits);

    public SightMaskSurrogate ConvertToSurrogate(in SightMask value) => new(value.Eye, value.Radius, value.Bits.ToArray());
}

[GenerateSerializer, Immutable, Alias("veltrix.hunt-rules")]
public readonly record struct HuntRulesSurrogate(
    [property: Id(0)] int RegionSize,
    [property: Id(1)] int Reach,
    [property: Id(2)] int SightRadius,
    [property: Id(3)] double StepsPerSecond,
    [property: Id(4)] double PaceSeconds,
    [property: Id(5)] int TreasuresPerThousand,
    [property: Id(6)] int LeastPoints,
    [property: Id(7)] int MostPoints,
    [property: Id(8)] int RespawnSeconds,
    [property: Id(9)] int LedgerShards,
    [property: Id(10)] bool Spectators,
    [property: Id(11)] bool Guests);

[RegisterConverter]
public sealed class HuntRulesConverter : IConverter<HuntRules, HuntRulesSurrogate>
{
    public HuntRules ConvertFromSurrogate(in HuntRulesSurrogate surrogate) => new()
    {
        RegionSize = surrogate.RegionSize,
        Reach = surrogate.Reach,
        SightRadius = surrogate.SightRadius,
        StepsPerSecond = surrogate.StepsPerSecond,
        PaceSeconds = surrogate.PaceSeconds,
        TreasuresPerThousand = surrogate.TreasuresPerThousand,
        LeastPoints = surrogate.LeastPoints,
        MostPoints = surrogate.MostPoints,
        RespawnSeconds = surrogate.RespawnSeconds,
        LedgerShards = surrogate.LedgerShards,
        Spectators = surrogate.Spectators,
        Guests = surrogate.Guests,
    };

    public HuntRulesSurrogate ConvertToSurrogate(in HuntRules value) => new(
        value.RegionSize,
        value.Reach,
        value.SightRadius,
        value.StepsPerSecond,
        value.PaceSeconds,
        value.TreasuresPerThousand,
        value.LeastPoints,
        value.MostPoints,
        value.RespawnSeconds,
        value.LedgerShards,
        value.Spectators,
        value.Guests);
}
