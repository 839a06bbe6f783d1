namespace Veltrix.Grains.Operators;

/// <summary>The stored keys, oldest first. Fields are only ever added.</summary>
[GenerateSerializer, Alias("veltrix.operator-keys-state")]
internal sealed class OperatorKeysState
{
    [Id(0)]
    public List<OperatorKey> Keys { get; set; } = [];
}

/// <summary>The operators' keys. One grain is enough: it is written when an admin makes or revokes a key, and each gateway asks it once in a few seconds at the most.</summary>
[GrainType("operator-keys")]
internal sealed class OperatorKeysGrain(
    [PersistentState("operator-keys", StorageNames.Grains)] IPersistentState<OperatorKeysState> stored, TimeProvider clock) : Grain, IOperatorKeysGrain
{
    private ImmutableArray<OperatorKey> _keys = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keys = [.. stored.State.Keys];
        return Task.CompletedTask;
    }

    public async ValueTask<bool> AddAsync(OperatorKey key, CancellationToken cancellationToken = default)
    {
        if (_keys.Any(known => known.Id == key.Id))
        {
            return true;
        }

        var now = clock.GetUtcNow();
        var good = _keys.RemoveAll(known => !known.IsGoodAt(now));
        if (good.Length >= IOperatorKeysGrain.MostKeys)
        {
            return false;
        }

        await CommitAsync(good.Add(key));
        return true;
    }

    public async ValueTask<OperatorKey?> RevokeAsync(string id, CancellationToken cancellationToken = default)
    {
        if (_keys.FirstOrDefault(known => known.Id == id) is not { } key)
        {
            return null;
        }

        await CommitAsync(_keys.Remove(key));
        return key;
    }

    public ValueTask<ImmutableArray<OperatorKey>> ListAsync(CancellationToken cancellationToken = default) => new(_keys);

    private async Task CommitAsync(ImmutableArray<OperatorKey> keys)
    {
        stored.State = new OperatorKeysState { Keys = [.. keys] };
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

        _keys = keys;
    }
}
