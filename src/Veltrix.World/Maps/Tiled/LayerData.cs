using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using ZstdSharp;

namespace Veltrix.World.Maps.Tiled;

/// <summary>Hears the tile numbers of a layer or a chunk, a piece at a time and in order.</summary>
/// <param name="first">the place of the first of them, counted row by row from 0</param>
/// <param name="gids">only good during the call</param>
internal delegate void TilesHeard(int first, ReadOnlySpan<uint> gids);

/// <summary>
/// The tile numbers of a layer or a chunk, in any of Tiled's encodings. They are decoded when somebody wants them, in pieces, so that no layer
/// ever lies in memory as a whole; and never further than was declared, plus one.
/// </summary>
/// <param name="data">holds the numbers or their text</param>
/// <param name="format">holds the encoding and the compression; for a chunk it is the element around it</param>
/// <param name="place">the element that a complaint names</param>
/// <param name="count">how many tiles were declared</param>
/// <param name="budget">what may be used</param>
internal sealed class LayerData(TiledNode data, TiledNode format, TiledNode place, int count, TiledBudget budget)
{
    private const int Piece = 16 * 1024;

    public void Visit(TilesHeard heard)
    {
        if (data.Gids is { } given)
        {
            heard(0, given.Count == count ? CollectionsMarshal.AsSpan(given) : throw Lies(given.Count < count ? "fewer" : "more"));
            return;
        }

        if (data.Numbers is { } numbers)
        {
            Json(numbers.Span, heard);
            return;
        }

        var text = data.Text ?? "";
        switch (format["encoding"] ?? "")
        {
            case "csv":
                Csv(text, heard);
                break;
            case "base64":
                var packed = new MemoryStream(Base64(text));
                Bytes(
                    (format["compression"] ?? "") switch
                    {
                        "" or "none" => packed,
                        "gzip" => new GZipStream(packed, CompressionMode.Decompress),
                        "zlib" => new ZLibStream(packed, CompressionMode.Decompress),
                        "zstd" => new DecompressionStream(packed),
                        var other => throw budget.Wrong(place, $"its data is compressed with \"{TiledBudget.Short(other)}\", which Tiled does not know; use gzip, zlib, zstd or none."),
                    },
                    heard);
                break;
            case "" when string.IsNullOrWhiteSpace(text):
                throw Lies("fewer");
            case var other:
                throw budget.Wrong(place, $"its data is encoded as \"{TiledBudget.Short(other)}\", which Tiled does not know; use csv or base64.");
        }
    }

    private void Csv(ReadOnlySpan<char> text, TilesHeard heard)
    {
        text = text.TrimEnd();

        // A tile takes a digit and a comma: checked before anybody takes memory for what is not there.
        if (text.Length < (2L * count) - 1)
        {
            throw Lies("fewer");
        }

        var gids = new Pieces(count, heard);
        var digits = 0;
        ulong number = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var unit = i < text.Length ? text[i] : ',';
            if (char.IsAsciiDigit(unit))
            {
                number = (number * 10) + (uint)(unit - '0');
                if (++digits > 10 || number > uint.MaxValue)
                {
                    throw budget.Wrong(place, $"entry {gids.Found} of its data is no tile number; save the map again in Tiled.");
                }
            }
            else if (unit == ',')
            {
                if (digits == 0 && i >= text.Length)
                {
                    break;
                }

                if (digits == 0)
                {
                    throw budget.Wrong(place, $"entry {gids.Found} of its data is empty; save the map again in Tiled.");
                }

                if (!gids.Add((uint)number))
                {
                    throw Lies("more");
                }

                (number, digits) = (0, 0);
            }
            else if (!char.IsWhiteSpace(unit))
            {
                throw budget.Wrong(place, $"its data has the character '{unit}' after {gids.Found} entries, where only numbers and commas can be; save the map again in Tiled.");
            }
        }

        if (!gids.End())
        {
            throw Lies("fewer");
        }
    }

    private void Json(ReadOnlySpan<byte> text, TilesHeard heard)
    {
        if (text.Length < (2L * count) + 1)
        {
            throw Lies("fewer");
        }

        var gids = new Pieces(count, heard);
        var reader = new Utf8JsonReader(text, JsonTree.Dialect);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt32(out var gid))
            {
                throw budget.Wrong(place, $"entry {gids.Found} of its data is no tile number; export the map from Tiled again.");
            }

            if (!gids.Add(gid))
            {
                throw Lies("more");
            }
        }

        if (!gids.End())
        {
            throw Lies("fewer");
        }
    }

    private byte[] Base64(string text)
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

    private void Bytes(Stream stream, TilesHeard heard)
    {
        using (stream)
        {
            var buffer = new uint[Math.Min(count, Piece)];
            for (var first = 0; first < count; first += Piece)
            {
                var gids = buffer.AsSpan(0, Math.Min(Piece, count - first));
                var bytes = MemoryMarshal.AsBytes(gids);
                heard(first, Read(stream, bytes) == bytes.Length ? gids : throw Lies("fewer"));
            }

            Span<byte> more = stackalloc byte[1];
            if (Read(stream, more) > 0)
            {
                throw Lies("more");
            }
        }
    }

    private int Read(Stream stream, Span<byte> bytes)
    {
        try
        {
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception broken) when (broken is InvalidDataException or ZstdException or IOException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new MapException(budget.Wrong(place, "its compressed data is damaged; save the map again in Tiled.").Message, broken);
        }
    }

    private MapException Lies(string which) =>
        budget.Wrong(place, $"its data has {which} than the {count} tiles that its width and height say; save the map again in Tiled.");

    /// <summary>Gathers numbers that come one by one.</summary>
    private struct Pieces(int count, TilesHeard heard)
    {
        private readonly uint[] _gids = new uint[Math.Min(count, Piece)];
        private int _held;

        public int Found { get; private set; }

        /// <summary>False where there are more than were declared.</summary>
        public bool Add(uint gid)
        {
            if (Found == count)
            {
                return false;
            }

            _gids[_held++] = gid;
            Found++;
            if (_held == _gids.Length)
            {
                heard(Found - _held, _gids);
                _held = 0;
            }

            return true;
        }

        /// <summary>False where there are fewer than were declared.</summary>
        public readonly bool End()
        {
            if (Found == count && _held > 0)
            {
                heard(Found - _held, _gids.AsSpan(0, _held));
            }

            return Found == count;
        }
    }
}
