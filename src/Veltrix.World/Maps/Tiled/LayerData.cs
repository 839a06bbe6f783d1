using System.IO.Compression;
using System.Runtime.InteropServices;
using ZstdSharp;

namespace Veltrix.World.Maps.Tiled;

/// <summary>The tile numbers of a layer or a chunk, in any of Tiled's encodings. What is read is never more than what was declared, plus one.</summary>
internal static class LayerData
{
    /// <param name="data">holds the numbers or their text</param>
    /// <param name="format">holds the encoding and the compression; for a chunk it is the element around it</param>
    /// <param name="place">the element that a complaint names</param>
    /// <param name="count">how many tiles were declared</param>
    /// <param name="budget">what may be used</param>
    public static uint[] Read(TiledNode data, TiledNode format, TiledNode place, int count, TiledBudget budget)
    {
        if (data.Gids is { } given)
        {
            return given.Count == count ? [.. given] : throw Lies(place, given.Count < count ? "fewer" : "more", count, budget);
        }

        var text = data.Text ?? "";
        switch (format["encoding"] ?? "")
        {
            case "csv":
                return Csv(text, place, count, budget);
            case "base64":
                var packed = Base64(text, place, budget);
                var bytes = (format["compression"] ?? "") switch
                {
                    "" or "none" => packed,
                    "gzip" => Unpack(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress), place, count, budget),
                    "zlib" => Unpack(new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress), place, count, budget),
                    "zstd" => Unpack(new DecompressionStream(new MemoryStream(packed)), place, count, budget),
                    var other => throw budget.Wrong(place, $"its data is compressed with \"{TiledBudget.Short(other)}\", which Tiled does not know; use gzip, zlib, zstd or none."),
                };
                if (bytes.LongLength != 4L * count)
                {
                    throw Lies(place, bytes.LongLength < 4L * count ? "fewer" : "more", count, budget);
                }

                budget.Cells(count);
                var gids = new uint[count];
                bytes.CopyTo(MemoryMarshal.AsBytes(gids.AsSpan()));
                return gids;
            case "" when string.IsNullOrWhiteSpace(text):
                throw Lies(place, "fewer", count, budget);
            case var other:
                throw budget.Wrong(place, $"its data is encoded as \"{TiledBudget.Short(other)}\", which Tiled does not know; use csv or base64.");
        }
    }

    private static uint[] Csv(string text, TiledNode place, int count, TiledBudget budget)
    {
        // A tile takes a digit and a comma: checked before the memory is taken.
        if (text.Length < (2L * count) - 1)
        {
            throw Lies(place, "fewer", count, budget);
        }

        budget.Cells(count);
        var gids = new uint[count];
        int found = 0, digits = 0;
        ulong number = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var unit = i < text.Length ? text[i] : ',';
            if (char.IsAsciiDigit(unit))
            {
                number = (number * 10) + (uint)(unit - '0');
                if (++digits > 10 || number > uint.MaxValue)
                {
                    throw budget.Wrong(place, $"entry {found} of its data is no tile number; save the map again in Tiled.");
                }
            }
            else if (unit == ',')
            {
                if (digits == 0 && i >= text.TrimEnd().Length)
                {
                    break;
                }

                if (digits == 0)
                {
                    throw budget.Wrong(place, $"entry {found} of its data is empty; save the map again in Tiled.");
                }

                if (found == count)
                {
                    throw Lies(place, "more", count, budget);
                }

                gids[found++] = (uint)number;
                (number, digits) = (0, 0);
            }
            else if (!char.IsWhiteSpace(unit))
            {
                throw budget.Wrong(place, $"its data has the character '{unit}' after {found} entries, where only numbers and commas can be; save the map again in Tiled.");
            }
        }

        return found == count ? gids : throw Lies(place, "fewer", count, budget);
    }

    private static byte[] Base64(string text, TiledNode place, TiledBudget budget)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException broken)
        {
            throw new MapException(budget.Wrong(place, "its data is no base64; save the map again in Tiled.").Message, broken);
        }
    }

    private static byte[] Unpack(Stream stream, TiledNode place, int count, TiledBudget budget)
    {
        var wanted = 4L * count;
        if (wanted > Array.MaxLength)
        {
            throw Lies(place, "fewer", count, budget);
        }

        try
        {
            using (stream)
            {
                // The buffer grows with what is really there, so that a lie about the size costs nothing.
                var buffer = new byte[Math.Min(wanted, 1 << 16)];
                var length = 0;
                while (length < wanted)
                {
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, (int)Math.Min(wanted, 2L * buffer.Length));
                    }

                    var read = stream.Read(buffer, length, buffer.Length - length);
                    if (read == 0)
                    {
                        throw Lies(place, "fewer", count, budget);
                    }

                    length += read;
                }

                return stream.ReadByte() < 0 ? buffer : throw Lies(place, "more", count, budget);
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or ZstdException or EndOfStreamException or IOException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new MapException(budget.Wrong(place, "its compressed data is damaged; save the map again in Tiled.").Message, broken);
        }
    }

    private static MapException Lies(TiledNode place, string which, int count, TiledBudget budget) =>
        budget.Wrong(place, $"its data has {which} than the {count} tiles that its width and height say; save the map again in Tiled.");
}
