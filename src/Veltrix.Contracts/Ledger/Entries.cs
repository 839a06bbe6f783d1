using Veltrix.World;

namespace Veltrix.Contracts;

/// <summary>What an entry of the ledger records. The numbers are hashed and stored.</summary>
public enum EntryKind : byte
{
    /// <summary>A treasure's claim, with its points.</summary>
    Claim = 1,

    /// <summary>A dropped clue, with no points.</summary>
    Clue = 2,

    /// <summary>An organiser's correction, with points of either sign.</summary>
    Correction = 3,

    /// <summary>The end of the shard: nothing follows it.</summary>
    Seal = 4,
}

/// <summary>What is to be recorded.</summary>
/// <param name="Operation">the command that it comes from: enters the ledger of a hunt once</param>
/// <param name="Kind">what it records</param>
/// <param name="Player">whose entry</param>
/// <param name="Tile">where</param>
/// <param name="Region">the region of the tile</param>
/// <param name="Points">what it scores</param>
/// <param name="Treasure">a claim's treasure; -1 for all else</param>
/// <param name="Generation">a claim's generation, counted from 0</param>
/// <param name="Text">a clue's text, else null</param>
[GenerateSerializer, Immutable, Alias("veltrix.entry-draft")]
public sealed record EntryDraft(
    [property: Id(0)] OperationId Operation,
    [property: Id(1)] EntryKind Kind,
    [property: Id(2)] PlayerId Player,
    [property: Id(3)] Tile Tile,
    [property: Id(4)] int Region,
    [property: Id(5)] long Points,
    [property: Id(6)] int Treasure = -1,
    [property: Id(7)] int Generation = 0,
    [property: Id(8)] string? Text = null)
{
    /// <summary>Stays in the process, see <see cref="CallMark"/>.</summary>
    [field: NonSerialized]
    public CallMark Mark { get; init; }
}

/// <summary>What became of a draft.</summary>
public enum EntryStatus : byte
{
    /// <summary>It is on disk, at the receipt's position.</summary>
    Recorded = 0,

    /// <summary>Its operation was on disk before; the receipt is that entry's.</summary>
    Repeated = 1,

    /// <summary>Another operation claimed that treasure's generation before; nothing was recorded.</summary>
    Taken = 2,

    /// <summary>The shard is sealed or the hunt is over; nothing was recorded.</summary>
    Sealed = 3,

    /// <summary>The shard has too much waiting; nothing was recorded.</summary>
    Busy = 4,
}

/// <param name="Status">what became of it</param>
/// <param name="Position">the entry's position in its shard, counted from 1, when recorded or repeated</param>
/// <param name="Points">the points on disk, when recorded or repeated</param>
/// <param name="At">when it was recorded, in milliseconds since 1970 UTC; for Taken the winning claim's time, so that a respawn can be reckoned</param>
[GenerateSerializer, Immutable, Alias("veltrix.entry-receipt")]
public readonly record struct EntryReceipt(
    [property: Id(0)] EntryStatus Status, [property: Id(1)] long Position = 0, [property: Id(2)] long Points = 0, [property: Id(3)] long At = 0);

/// <summary>An entry as it stands in the ledger.</summary>
/// <param name="Hunt">the hunt</param>
/// <param name="Shard">the shard</param>
/// <param name="Position">its position there, counted from 1 without holes</param>
/// <param name="At">when it was recorded, in milliseconds since 1970 UTC</param>
/// <param name="Content">what it records; the text is null also when it was erased</param>
/// <param name="TextDigest">SHA-256 of the text's UTF-8 bytes, 32 bytes, or empty where there never was one</param>
/// <param name="Previous">the hash of the entry before, 32 bytes; zeros for the first</param>
/// <param name="Hash">the entry's hash, 32 bytes</param>
[GenerateSerializer, Immutable, Alias("veltrix.ledger-entry")]
public sealed record LedgerEntry(
    [property: Id(0)] HuntId Hunt,
    [property: Id(1)] int Shard,
    [property: Id(2)] long Position,
    [property: Id(3)] long At,
    [property: Id(4)] EntryDraft Content,
    [property: Id(5)] ImmutableArray<byte> TextDigest,
    [property: Id(6)] ImmutableArray<byte> Previous,
    [property: Id(7)] ImmutableArray<byte> Hash);

/// <summary>Where a shard stands.</summary>
/// <param name="Entries">how many entries it has; the last one's position</param>
/// <param name="Points">the sum of their points</param>
/// <param name="Hash">the last entry's hash; zeros when there is none</param>
/// <param name="Sealed">whether it takes no more</param>
[GenerateSerializer, Immutable, Alias("veltrix.shard-head")]
public sealed record ShardHead(
    [property: Id(0)] long Entries, [property: Id(1)] long Points, [property: Id(2)] ImmutableArray<byte> Hash, [property: Id(3)] bool Sealed);
