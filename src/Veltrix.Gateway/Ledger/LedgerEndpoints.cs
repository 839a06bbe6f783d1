using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Ledger;

/// <summary>
/// The ledger as lines of JSON, one entry each, with all that is needed to check the chain somewhere else: shard by shard, by position.
/// It is read from the grains page by page as fast as the client takes it. An export that broke off goes on where it stopped: with the
/// shard and the position of the last complete line.
/// </summary>
internal static class LedgerEndpoints
{
    private const int PageEntries = 1000;

    public static void MapLedger(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/hunts/{hunt}/ledger", ExportAsync).For(Access.Viewer).WithTags("Ledger")
            .WithSummary("Export a hunt's ledger as NDJSON, shard by shard")
            .WithDescription(
                """
                One entry a line: `hunt`, `shard` (from 0), `position` (from 1 without holes in its shard), `at` (milliseconds since 1970 UTC), `operation` (session and
                sequence of the command that it comes from), `kind` (claim, clue, correction, seal), `player`, `x`, `y`, `region`, `points`, `treasure` (-1 unless a claim),
                `generation`, `text` (null where there is none or it was erased), `textDigest` (SHA-256 of the text in UTF-8, empty where there never was one),
                `previous` (the hash of the entry before in the shard, zeros for the first) and `hash`; digests and hashes are in lower-case hexadecimal digits. To go on after an
                export that broke off, give `shard` and `after`, the position of the last line that arrived.
                """)
            .Produces<LedgerLine>(StatusCodes.Status200OK, "application/x-ndjson")
            .Refuses(ProblemKind.BadRequest, ProblemKind.OperatorOnly, ProblemKind.NoHunt, ProblemKind.Unavailable);

    private static async Task<IResult> ExportAsync(
        string hunt, int? shard, long? after, HttpContext context, HuntRooms rooms, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (room, problem) = await rooms.ReadAsync(hunt, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var shards = room.Definition.Draft.Rules.LedgerShards;
        if (shard is { } wanted && (wanted < 0 || wanted >= shards))
        {
            return new Problem(ProblemKind.BadRequest, $"shard is {wanted}: this hunt has shards 0 to {shards - 1}.");
        }

        if (after is < 0)
        {
            return new Problem(ProblemKind.BadRequest, $"after is {after}: give the position of the last line that arrived, or 0 for all.");
        }

        // The first page is read before anything is written, so that a cluster that does not answer is still a refusal with a code.
        var first = shard ?? 0;
        var page = await ReadAsync(grains, room.Id, first, after ?? 0, cancellationToken);
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        var output = context.Response.BodyWriter;
        using var line = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        for (var at = first; at < shards; at++)
        {
            var position = at == first ? after ?? 0 : 0;
            for (page = at == first ? page : await ReadAsync(grains, room.Id, at, position, cancellationToken);
                page.Length > 0;
                page = await ReadAsync(grains, room.Id, at, position, cancellationToken))
            {
                foreach (var entry in page)
                {
                    Write(line, entry);
                    line.Reset();
                    output.GetSpan(1)[0] = (byte)'\n';
                    output.Advance(1);
                    position = entry.Position;
                }

                // Waits while the client is slow: there is one page in memory, whatever the ledger's size.
                await output.FlushAsync(cancellationToken);
            }
        }

        return Results.Empty;
    }

    private static ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(
        IGrainFactory grains, HuntId hunt, int shard, long after, CancellationToken cancellationToken) =>
        grains.Shard(hunt, shard).ReadAsync(after, PageEntries, cancellationToken);

    private static void Write(Utf8JsonWriter line, LedgerEntry entry)
    {
        var content = entry.Content;
        line.WriteStartObject();
        line.WriteString("hunt"u8, entry.Hunt.Value);
        line.WriteNumber("shard"u8, entry.Shard);
        line.WriteNumber("position"u8, entry.Position);
        line.WriteNumber("at"u8, entry.At);
        line.WriteString("operation"u8, content.Operation.ToString());
        line.WriteString("kind"u8, NameOf(content.Kind));
        line.WriteString("player"u8, content.Player.Value);
        line.WriteNumber("x"u8, (int)content.Tile.X);
        line.WriteNumber("y"u8, (int)content.Tile.Y);
        line.WriteNumber("region"u8, content.Region);
        line.WriteNumber("points"u8, content.Points);
        line.WriteNumber("treasure"u8, content.Treasure);
        line.WriteNumber("generation"u8, content.Generation);
        line.WriteString("text"u8, content.Text);
        WriteHex(line, "textDigest"u8, entry.TextDigest);
        WriteHex(line, "previous"u8, entry.Previous);
        WriteHex(line, "hash"u8, entry.Hash);
        line.WriteEndObject();
        line.Flush();
    }

    private static void WriteHex(Utf8JsonWriter line, ReadOnlySpan<byte> name, ImmutableArray<byte> bytes)
    {
        Span<byte> digits = stackalloc byte[64];
        var known = bytes.IsDefault ? [] : bytes.AsSpan();
        Convert.TryToHexStringLower(known, digits, out var written);
        line.WriteString(name, digits[..written]);
    }

    private static string NameOf(EntryKind kind) => kind switch
    {
        EntryKind.Claim => "claim",
        EntryKind.Clue => "clue",
        EntryKind.Correction => "correction",
        EntryKind.Seal => "seal",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of entry."),
    };
}

/// <summary>One line of the export.</summary>
internal sealed record LedgerLine(
    string Hunt,
    int Shard,
    long Position,
    long At,
    string Operation,
    string Kind,
    string Player,
    int X,
    int Y,
    int Region,
    long Points,
    int Treasure,
    int Generation,
    string? Text,
    string TextDigest,
    string Previous,
    string Hash);
