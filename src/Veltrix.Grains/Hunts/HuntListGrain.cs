using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Hunts;

/// <summary>The stored list: ids in ordinal order. Fields are only ever added.</summary>
[GenerateSerializer, Alias("veltrix.hunt-list-state")]
internal sealed class HuntListState
{
    [Id(0)]
    public List<string> Ids { get; set; } = [];
}

/// <summary>All hunts. One grain is enough: it is written once a hunt, and read by people who look for one.</summary>
[GrainType("hunt-list")]
internal sealed class HuntListGrain(
    [PersistentState("hunts", StorageNames.Grains)] IPersistentState<HuntListState> stored, IOptions<HuntOptions> options) : Grain, IHuntListGrain
{
    public async ValueTask AddAsync(HuntId hunt, CancellationToken cancellationToken = default)
    {
        var at = stored.State.Ids.BinarySearch(hunt.Value, StringComparer.Ordinal);
        if (at >= 0)
        {
            return;
        }

        if (stored.State.Ids.Count >= options.Value.Hunts)
        {
            throw new InvalidOperationException(
                $"There are {stored.State.Ids.Count} hunts, the most that may be: raise Veltrix:Hunts:Hunts to have more.");
        }

        stored.State.Ids.Insert(~at, hunt.Value);
        try
        {
            await stored.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            // Whether it is on disk is unknown: the next activation reads what is.
            DeactivateOnIdle();
            throw;
        }
    }

    public ValueTask<ImmutableArray<HuntId>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var ids = stored.State.Ids;
        var at = after is null ? 0 : ids.BinarySearch(after, StringComparer.Ordinal);
        var first = after is null ? 0 : at >= 0 ? at + 1 : ~at;
        var page = ImmutableArray.CreateBuilder<HuntId>(Math.Min(limit, ids.Count - first));
        for (var i = first; i < ids.Count && page.Count < limit; i++)
        {
            page.Add(new HuntId(ids[i]));
        }

        return new(page.DrainToImmutable());
    }
}
