using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Veltrix.Ledger;

/// <summary>
/// How entries are hashed: SHA-256 over the hash before and the entry's canonical encoding, byte by byte as the README beside this file says.
/// An instance reuses one hash object and one buffer: it is for one thread.
/// </summary>
public sealed class LedgerChain : IDisposable
{
    /// <summary>Bytes of a hash and of a text's digest.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>The most UTF-8 bytes of a hunt's or player's name: its length takes one byte.</summary>
    public const int MaxNameBytes = byte.MaxValue;

    private const int FixedBytes = 8 + 1 + 4 + 8 + 8 + 16 + 8 + 1 + 1 + 2 + 2 + 4 + 8 + 4 + 4 + 1;
    private const int MaxEncodedBytes = FixedBytes + MaxNameBytes + MaxNameBytes + HashBytes;

    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _encoded = new byte[MaxEncodedBytes];

    /// <summary>What comes before the first entry.</summary>
    public static ImmutableArray<byte> Genesis { get; } = [.. new byte[HashBytes]];

    // The layout's name and number: another layout would begin with another.
    private static ReadOnlySpan<byte> Tag => "veltrix1"u8;

    /// <summary>The digest that stands for a text: SHA-256 of its UTF-8 bytes.</summary>
    public static int DigestText(ReadOnlySpan<byte> utf8, Span<byte> digest) => SHA256.HashData(utf8, digest);

    /// <summary>Hashes an entry.</summary>
    /// <param name="hunt">the hunt</param>
    /// <param name="shard">the shard</param>
    /// <param name="position">its position there</param>
    /// <param name="at">when it was recorded, in milliseconds since 1970 UTC</param>
    /// <param name="content">what it records; its text is not looked at</param>
    /// <param name="textDigest">the text's digest, or empty when there never was a text</param>
    /// <param name="previous">the hash of the entry before; may be the same memory as <paramref name="hash"/></param>
    /// <param name="hash">32 bytes for the result</param>
    public void Hash(
        HuntId hunt,
        int shard,
        long position,
        long at,
        EntryDraft content,
        ReadOnlySpan<byte> textDigest,
        ReadOnlySpan<byte> previous,
        Span<byte> hash)
    {
        var length = Encode(_encoded, hunt, shard, position, at, content, textDigest);
        _sha.AppendData(previous);
        _sha.AppendData(_encoded.AsSpan(0, length));
        _ = _sha.GetHashAndReset(hash);
    }

    /// <summary>Whether an entry's hash is what its content and the hash before say.</summary>
    public bool Holds(LedgerEntry entry)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Hash(entry.Hunt, entry.Shard, entry.Position, entry.At, entry.Content, entry.TextDigest.AsSpan(), entry.Previous.AsSpan(), hash);
        return hash.SequenceEqual(entry.Hash.AsSpan());
    }

    public void Dispose() => _sha.Dispose();

    /// <summary>Writes the canonical encoding.</summary>
    /// <returns>its length</returns>
    internal static int Encode(
        Span<byte> target, HuntId hunt, int shard, long position, long at, EntryDraft content, ReadOnlySpan<byte> textDigest)
    {
        var rest = target;
        Tag.CopyTo(rest);
        rest = rest[Tag.Length..];
        rest = WriteName(rest, hunt.Value);
        BinaryPrimitives.WriteInt32LittleEndian(rest, shard);
        BinaryPrimitives.WriteInt64LittleEndian(rest[4..], position);
        BinaryPrimitives.WriteInt64LittleEndian(rest[12..], at);
        _ = content.Operation.Session.Value.TryWriteBytes(rest[20..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[36..], content.Operation.Sequence);
        rest[44] = (byte)content.Kind;
        rest = WriteName(rest[45..], content.Player.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, content.Tile.X);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], content.Tile.Y);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], content.Region);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], content.Points);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], content.Treasure);
        BinaryPrimitives.WriteInt32LittleEndian(rest[20..], content.Generation);
        rest[24] = textDigest.IsEmpty ? (byte)0 : (byte)1;
        textDigest.CopyTo(rest[25..]);
        rest = rest[(25 + textDigest.Length)..];
        return target.Length - rest.Length;
    }

    private static Span<byte> WriteName(Span<byte> target, string name)
    {
        var length = Encoding.UTF8.GetBytes(name, target[1..]);
        target[0] = checked((byte)length);
        return target[(1 + length)..];
    }
}
