using Orleans.Storage;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>
/// Gives the AdoNet provider keys that it cannot fold into one. It reads a key of hexadecimal digits as a number, so that "7", "07" and "007" would be
/// one row, and it leaves the grain's type out of the row. Here the key is the whole grain id, type, slash and key, which never reads as a number.
/// </summary>
internal sealed class WholeKeyGrainStorage(IGrainStorage rows) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        rows.ReadStateAsync(stateName, Whole(grainId), grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        rows.WriteStateAsync(stateName, Whole(grainId), grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        rows.ClearStateAsync(stateName, Whole(grainId), grainState);

    private static GrainId Whole(GrainId grainId) => GrainId.Create(grainId.Type, grainId.ToString());
}
