using System.Buffers;

namespace Veltrix.Contracts;

/// <summary>A hunt's name in addresses and keys: 1 to 40 of a-z, 0-9 and '-', not first or last.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.hunt-id")]
public readonly record struct HuntId([property: Id(0)] string Value)
{
    private const int Most = 40;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool TryParse(string? text, out HuntId id)
    {
        id = new HuntId(text ?? "");
        return id.Value is { Length: >= 1 and <= Most } and not ['-', ..] and not [.., '-'] && !id.Value.AsSpan().ContainsAnyExcept(Characters);
    }

    public override string ToString() => Value;
}

/// <summary>A player's name in one hunt: 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'. Upper and lower case differ.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.player-id")]
public readonly record struct PlayerId([property: Id(0)] string Value)
{
    private const int Most = 32;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool TryParse(string? text, out PlayerId id)
    {
        id = new PlayerId(text ?? "");
        return id.Value is { Length: >= 1 and <= Most } && !id.Value.AsSpan().ContainsAnyExcept(Characters);
    }

    public override string ToString() => Value;
}

/// <summary>
/// One authenticated stretch of play: a UUID of version 7, drawn when the player joins, so that of two sessions it can be told which began first.
/// </summary>
[GenerateSerializer, Immutable, Alias("veltrix.session-id")]
public readonly record struct SessionId([property: Id(0)] Guid Value)
{
    /// <summary>A session that begins now, by the caller's clock.</summary>
    public static SessionId Draw(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>
    /// Whether it began before another one, but not longer before it than a time that is given: to the millisecond, and by the clocks of who drew them. False where
    /// one of them does not say when it began.
    /// </summary>
    public bool IsOlderThan(SessionId other, TimeSpan atMost) =>
        Began() is { } own && other.Began() is { } others && own < others && others - own <= atMost.TotalMilliseconds;

    public override string ToString() => Value.ToString("N");

    // The first 48 bits of a UUID of version 7: milliseconds since 1970 UTC.
    private long? Began()
    {
        if (Value.Version != 7)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }
}

/// <summary>What identifies a command for ever, and so what its entry in the ledger: its session and its sequence there.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.operation-id")]
public readonly record struct OperationId([property: Id(0)] SessionId Session, [property: Id(1)] ulong Sequence)
{
    public override string ToString() => $"{Session}/{Sequence}";
}
