using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Veltrix.Gateway.Operators;

/// <summary>Knows operators by their keys, of which it has only digests.</summary>
internal sealed class OperatorKeys(IOptions<GatewayOptions> options)
{
    private const string Scheme = "Bearer ";
    private const int LongestKey = 200;
    private readonly byte[][] _hashes = [.. options.Value.OperatorKeyHashes];

    public bool Accepts(HttpRequest request) => Accepts(BearerOf(request));

    public bool Accepts(string? key)
    {
        if (key is null || key.Length > LongestKey || !key.StartsWith("vop_", StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[LongestKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        var accepted = false;
        foreach (var known in _hashes)
        {
            // Looks at all of all: how long it takes says nothing about which one fits.
            accepted |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return accepted;
    }

    /// <summary>What follows Bearer in the request's authorization, or null.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
    }
}
