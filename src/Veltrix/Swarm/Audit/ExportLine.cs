using System.Collections.Immutable;
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
                new OperationId(new SessionId(Guid.ParseExact(Text(root, "session"), "N")), root.GetProperty("sequence").GetUInt64()),
                KindOf(Text(root, "kind")),
                new PlayerId(Text(root, "player")),
                Tile.At(root.GetProperty("x").GetInt32(), root.GetProperty("y").GetInt32()),
                root.GetProperty("region").GetInt32(),
                root.GetProperty("points").GetInt64(),
                root.TryGetProperty("treasure", out var treasure) && treasure.ValueKind == JsonValueKind.Number ? treasure.GetInt32() : -1,
                root.TryGetProperty("generation", out var generation) && generation.ValueKind == JsonValueKind.Number ? generation.GetInt32() : 0,
                Optional(root, "text"));
            return new LedgerEntry(
                hunt,
                root.GetProperty("shard").GetInt32(),
                root.GetProperty("position").GetInt64(),
                root.GetProperty("at").GetInt64(),
                content,
                Bytes(Optional(root, "textDigest")),
                Bytes(Text(root, "previous")),
                Bytes(Text(root, "hash")));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new OperatorException($"Line {number} of the ledger's export is no entry: {broken.Message}");
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString()!;

    private static string? Optional(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ImmutableArray<byte> Bytes(string? hexadecimal) => hexadecimal is null ? [] : [.. Convert.FromHexString(hexadecimal)];

    private static EntryKind KindOf(string kind) => kind switch
    {
        "claim" => EntryKind.Claim,
        "clue" => EntryKind.Clue,
        "correction" => EntryKind.Correction,
        "seal" => EntryKind.Seal,
        _ => throw new FormatException($"there is no entry of the kind '{kind}'"),
    };
}
