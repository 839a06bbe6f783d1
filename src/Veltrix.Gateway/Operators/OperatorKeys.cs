using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Veltrix.Gateway.Operators;

/// <summary>
/// Knows operators by their keys, of which it has only digests: those of the gateway's own settings, which need nobody else, and those that were made over
/// REST, which all gateways of the cluster share.
/// </summary>
internal sealed class OperatorKeys(IOptions<GatewayOptions> options, StoredKeys stored)
{
    public const string Prefix = "vop_";
    private const int LongestKey = 200;
    private const int SecretBytes = 32;
    private readonly (byte[] Digest, OperatorIdentity Operator)[] _own =
        [.. options.Value.OperatorKeys.Select(static (key, index) => (key.Digest, new OperatorIdentity(IdOf(key.Digest), $"key {index + 1} of the gateway's settings", key.Role)))];

    /// <summary>The operators whose keys are in the gateway's settings.</summary>
    public IEnumerable<OperatorIdentity> Own => _own.Select(static key => key.Operator);

    /// <summary>A key that nobody can guess.</summary>
    public static string Draw() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    public static byte[] DigestOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>What a key is called by those who must not know it: it follows from the digest and does not give it away.</summary>
    public static string IdOf(byte[] digest) => Convert.ToHexStringLower(SHA256.HashData(digest))[..16];

    /// <summary>The operator of a key.</summary>
    public async ValueTask<OperatorFinding> FindAsync(string key)
    {
        if (key.Length > LongestKey || !key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return OperatorFinding.Stranger;
        }

        var digest = DigestOf(key);
        OperatorIdentity? accepted = null;
        foreach (var known in _own)
        {
            // Looks at all of all: how long it takes says nothing about which one fits.
            if (CryptographicOperations.FixedTimeEquals(known.Digest, digest))
            {
                accepted = known.Operator;
            }
        }

        return accepted is not null ? OperatorFinding.Of(accepted) : await stored.FindAsync(Convert.ToHexStringLower(digest), static key => key.Digest);
    }

    /// <summary>The operator of a key that was good before, by the key's id.</summary>
    public async ValueTask<OperatorFinding> FindByIdAsync(string id) =>
        Array.Find(_own, known => known.Operator.Id == id) is { Operator: { } own } ? OperatorFinding.Of(own) : await stored.FindAsync(id, static key => key.Id);
}
