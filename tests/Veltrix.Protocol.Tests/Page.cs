using System.Globalization;
using System.Text.RegularExpressions;
using Veltrix.Protocol.Frames;

namespace Veltrix.Protocol.Tests;

/// <summary>The examples of PROTOCOL.md, so that page and code cannot differ.</summary>
internal static partial class Page
{
    private static readonly Dictionary<string, string> Blocks = BlockPattern().Matches(ProtocolPage.Read())
        .ToDictionary(m => m.Groups["kind"].Value.Trim(), m => m.Groups["text"].Value, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Blocks.Keys;

    /// <summary>The key of all vectors: the bytes 00 to 1f.</summary>
    public static byte[] Key { get; } = [.. Enumerable.Range(0, ProtocolLimits.KeyBytes).Select(i => (byte)i)];

    public static FrameSigner Signer() => new(Key);

    public static string Text => ProtocolPage.Read();

    public static string Block(string kind) => Blocks.TryGetValue(kind, out var text) ? text.Trim() : throw new KeyNotFoundException($"PROTOCOL.md has no block '{kind}'.");

    public static byte[] Hex(string name) =>
    [
        .. Block("hex " + name).Split('\n')
            .Select(line => line.Split('#')[0])
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(two => byte.Parse(two, NumberStyles.HexNumber)),
    ];

    [GeneratedRegex("^```(?<kind>(hex|json) [^\n]+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BlockPattern();
}
