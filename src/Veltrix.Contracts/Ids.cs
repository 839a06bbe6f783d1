using System.Text.RegularExpressions;

namespace Veltrix.Contracts;

/// <summary>A hunt's name in addresses and keys: 1 to 40 of a-z, 0-9 and '-', not first or last.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.hunt-id")]
public readonly partial record struct HuntId([property: Id(0)] string Value)
{
    public static bool TryParse(string? text, out HuntId id)
    {
        id = new HuntId(text ?? "");
        return text is not null && Form().IsMatch(text);
    }

    public override string ToString() => Value;

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

/// <summary>A player's name in one hunt: 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-'. Upper and lower case differ.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.player-id")]
public readonly partial record struct PlayerId([property: Id(0)] string Value)
{
    public static bool TryParse(string? text, out PlayerId id)
    {
        id = new PlayerId(text ?? "");
        return text is not null && Form().IsMatch(text);
    }

    public override string ToString() => Value;

    [GeneratedRegex("^[A-Za-z0-9._-]{1,32}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

/// <summary>One authenticated stretch of play: 128 bits that nobody can guess, drawn when the player joins.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.session-id")]
public readonly record struct SessionId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("N");
}

/// <summary>What identifies a command for ever, and so what its entry in the ledger: its session and its sequence there.</summary>
[GenerateSerializer, Immutable, Alias("veltrix.operation-id")]
public readonly record struct OperationId([property: Id(0)] SessionId Session, [property: Id(1)] ulong Sequence)
{
    public override string ToString() => $"{Session}/{Sequence}";
}
