using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Veltrix.Commands.Swarm.Operating;
using Veltrix.Contracts;
using Veltrix.World;

namespace Veltrix.Commands.Swarm.Audit;

/// <summary>Reads a line of the ledger's export back into the entry that it shows.</summary>
internal static class ExportLine
{
    /// <exception cref="OperatorException">The line does not have an entry's form.</exception>
    public static LedgerEntry Read(string line, HuntId hunt, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var content = new EntryDraft(
                OperationOf(Text(root, "operation")),
                KindOf(Text(root, "kind")),
                new PlayerId(Text(root, "player")),
                Tile.At(root.GetProperty("x").GetInt32(), root.GetProperty("y").GetInt32()),
                root.GetProperty("region").GetInt32(),
                root.GetProperty("points").GetInt64(),
                root.GetProperty("treasure").GetInt32(),
                root.GetProperty("generation").GetInt32(),
                root.GetProperty("text").GetString());
            return new LedgerEntry(
                hunt,
                root.GetProperty("shard").GetInt32(),
                root.GetProperty("position").GetInt64(),
                root.GetProperty("at").GetInt64(),
                content,
                Bytes(Text(root, "textDigest")),
                Bytes(Text(root, "previous")),
                Bytes(Text(root, "hash")));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or FormatException or OverflowException or InvalidOperationException
            or ArgumentNullException)
        {
            throw new OperatorException($"Line {number} of the ledger's export is no entry: {broken.Message}");
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString()!;

    private static ImmutableArray<byte> Bytes(string hexadecimal) => [.. Convert.FromHexString(hexadecimal)];

    /// <summary>Session and sequence, with a '/' between.</summary>
    private static OperationId OperationOf(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            ? new OperationId(
                new SessionId(Guid.ParseExact(text.AsSpan(0, slash), "N")),
                ulong.Parse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FormatException($"'{text}' is no operation");
    }

    private static EntryKind KindOf(string kind) => kind switch
    {
        "claim" => EntryKind.Claim,
        "clue" => EntryKind.Clue,
        "correction" => EntryKind.Correction,
        "seal" => EntryKind.Seal,
        _ => throw new FormatException($"there is no entry of the kind '{kind}'"),
    };
}
