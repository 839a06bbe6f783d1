using System.Buffers.Binary;

namespace Veltrix.Ledger.Sqlite;

/// <summary>
/// Looks for damage inside a write-ahead log. SQLite takes a frame whose checksum is wrong for the end of the log and passes over the rest without a word,
/// which is right after a crash and wrong when a byte was changed: entries that were acknowledged are gone. A crash leaves at most the last
/// transaction incomplete, since each is on disk before the next begins; so a bad frame with a whole transaction after it was changed.
/// The format is that of https://www.sqlite.org/walformat.html.
/// </summary>
internal static class WalInspection
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint MagicLittleEndian = 0x377f0682;

    /// <returns>what is wrong, in a sentence, or null</returns>
    public static async Task<string?> FindDamageAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        var header = new byte[HeaderBytes];
        if (await file.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) < HeaderBytes)
        {
            return null;
        }

        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if ((magic & ~1u) != MagicLittleEndian)
        {
            return $"the file '{path}' is no write-ahead log: its first bytes were changed.";
        }

        var sum = new Checksum(bigEndian: (magic & 1) != 0);
        sum.Add(header.AsSpan(0, 24));
        if (!sum.Is(header.AsSpan(24)))
        {
            return $"the head of the file '{path}' was changed: what lies in it is lost.";
        }

        var pageBytes = (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        var frame = new byte[FrameHeaderBytes + pageBytes];
        long? bad = null;
        var transactionsAfter = 0;
        for (var number = 1L; await file.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, cancellationToken) == frame.Length; number++)
        {
            // Frames of an earlier round through the file have other salts: the log ends before them, unless what follows tells that a salt was changed.
            if (!frame.AsSpan(8, 8).SequenceEqual(header.AsSpan(16, 8)))
            {
                bad ??= number;
                continue;
            }

            if (bad is null)
            {
                sum.Add(frame.AsSpan(0, 8));
                sum.Add(frame.AsSpan(FrameHeaderBytes));
                bad = sum.Is(frame.AsSpan(16)) ? null : number;
            }

            // The field is the database's size after a commit and 0 inside a transaction.
            if (bad is not null && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0)
            {
                transactionsAfter++;
            }
        }

        // A server that began the log anew meanwhile mixed two rounds under our eyes.
        return transactionsAfter > 1 && await HeaderIsStillAsync(file, header, cancellationToken)
            ? $"the file '{path}' was changed at frame {bad}: {transactionsAfter} transactions from there on are lost."
            : null;
    }

    private static async Task<bool> HeaderIsStillAsync(FileStream file, byte[] header, CancellationToken cancellationToken)
    {
        var now = new byte[HeaderBytes];
        await RandomAccess.ReadAsync(file.SafeFileHandle, now, fileOffset: 0, cancellationToken);
        return now.AsSpan().SequenceEqual(header);
    }

    /// <summary>The log's running sum over pairs of 32-bit words.</summary>
    private struct Checksum(bool bigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Word(bytes) + _second;
                _second += Word(bytes[4..]) + _first;
            }
        }

        public readonly bool Is(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
