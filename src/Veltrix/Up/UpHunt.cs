using Orleans.Concurrency;
using Veltrix.Contracts;
using Veltrix.World.Maps;
using Veltrix.World.Rules;

namespace Veltrix.Commands.Up;

/// <summary>The hunt that `up` offers to whoever comes by: open to guests, and the same one after a restart on the same folder.</summary>
internal static class UpHunt
{
    /// <summary>Stores the map, and creates and starts the hunt unless the folder has it already.</summary>
    /// <returns>the hunt, or a sentence that says why there is none</returns>
    public static async Task<(HuntId? Hunt, string? Problem)> EnsureAsync(
        IGrainFactory grains, TileMap map, ulong seed, TimeProvider clock, CancellationToken cancellationToken)
    {
        var stored = await grains.MapLibrary().StoreAsync(new Immutable<byte[]>(MapCodec.Encode(map)), cancellationToken);

        // The name is made of what decides the hunt: the same command on the same folder goes on with the same hunt.
        var hunt = new HuntId($"demo-{stored.Hash[..8]}-{seed % 1_000_000}");
        var grain = grains.Hunt(hunt);
        if (await grain.GetAsync(cancellationToken) is { } existing)
        {
            return existing.PhaseAt(clock.GetUtcNow()) == HuntPhase.Over
                ? (null, $"The hunt {hunt} in this data folder is over: give another --seed or another --data folder.")
                : (hunt, null);
        }

        var draft = new HuntDraft(map.Name, stored.Hash, seed, new HuntRules { Guests = true }, clock.GetUtcNow());
        var reply = await grain.CreateAsync(draft, cancellationToken);
        return reply.Status == HuntStatus.Ok ? (hunt, null) : (null, reply.Problem ?? $"The hunt could not be created: {reply.Status}.");
    }
}
