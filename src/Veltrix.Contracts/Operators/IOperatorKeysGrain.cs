using Orleans.Concurrency;

namespace Veltrix.Contracts;

/// <summary>What an operator may do. Each role may do what those below it may.</summary>
public enum OperatorRole : byte
{
    /// <summary>Reads: figures, ledgers, the dashboard.</summary>
    Viewer = 1,

    /// <summary>Runs hunts: makes maps, hunts and tokens, starts and ends.</summary>
    Operator = 2,

    /// <summary>Makes and revokes operators' keys.</summary>
    Admin = 3,
}

/// <summary>The operators' keys that were made over REST. The key is <see cref="GrainKeys.Whole"/>.</summary>
[Alias("veltrix.IOperatorKeysGrain")]
public interface IOperatorKeysGrain : IGrainWithStringKey
{
    /// <summary>The most keys there may be at once. Every gateway holds all of them, 200 bytes each, and asks for them every few seconds.</summary>
    const int MostKeys = 1000;

    /// <summary>Keeps a key; it is on disk when this returns. A repeat of the same key changes nothing. Keys that have expired make room.</summary>
    /// <returns>false: there are <see cref="MostKeys"/> already</returns>
    [Alias("Add")]
    ValueTask<bool> AddAsync(OperatorKey key, CancellationToken cancellationToken = default);

    /// <summary>Forgets a key for ever; that is on disk when this returns. Gateways hear of it when they next ask.</summary>
    /// <returns>the key as it was; null: there is none of this id, or no more</returns>
    [Alias("Revoke")]
    ValueTask<OperatorKey?> RevokeAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>All keys in the order in which they were made, those that have expired too.</summary>
    // It interleaves with everything: it answers one reference, which is set after each write.
    [Alias("List"), ReadOnly, AlwaysInterleave]
    ValueTask<ImmutableArray<OperatorKey>> ListAsync(CancellationToken cancellationToken = default);
}

/// <summary>A key of an operator, as it is kept: without the key.</summary>
/// <param name="Id">what it is revoked by; it follows from the digest</param>
/// <param name="Name">whom or what it is for: 1 to 100 characters</param>
/// <param name="Role">what its bearer may do</param>
/// <param name="Digest">the key's SHA-256, in lower-case hexadecimal digits. A key is 32 random bytes, so nobody finds it from its digest by trying, and a slow or salted hash would add cost and no safety.</param>
/// <param name="CreatedAt">when it was made</param>
/// <param name="ExpiresAt">from when on it is no good; null: never by itself</param>
[GenerateSerializer, Immutable, Alias("veltrix.operator-key")]
public sealed record OperatorKey(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] OperatorRole Role,
    [property: Id(3)] string Digest,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] DateTimeOffset? ExpiresAt = null)
{
    public bool IsGoodAt(DateTimeOffset now) => ExpiresAt is not { } expires || expires > now;
}
