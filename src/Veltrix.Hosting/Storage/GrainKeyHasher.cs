using Orleans.Storage;

namespace Veltrix.Hosting.Storage;

/// <summary>
/// Tells apart the keys that the AdoNet provider folds into one. It reads every key of hexadecimal digits as a number, so that the hunts "7", "07"
/// and "007" would share a row. The hash that goes with the number is ours to choose: it covers the key as it is written.
/// </summary>
internal sealed class GrainKeyHasher : IStorageHasherPicker
{
    public ICollection<IHasher> HashProviders { get; } = [];

    public IHasher PickHasher<T>(
        string serviceId, string storageProviderInstanceName, string grainType, GrainId grainId, IGrainState<T> grainState, string? tag = null) =>
        new KeyHash(grainId.Key);

    private sealed class KeyHash(IdSpan key) : IHasher
    {
        public string Description => "The grain's key as it is written; the grain's type is in the row by its name.";

        public int Hash(byte[] data) => unchecked((int)World.StableHash.Of(key.ToString() ?? ""));
    }
}
