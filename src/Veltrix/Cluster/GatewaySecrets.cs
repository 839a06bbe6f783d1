using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Veltrix.Contracts;
using Veltrix.Gateway;

namespace Veltrix.Commands.Cluster;

/// <summary>
/// What the gateways of a cluster share and nobody else may know, from the environment: VELTRIX_SECRET, in base64, and VELTRIX_OPERATOR_KEYS, separated by commas,
/// each a key of its own or <c>sha256:</c> and the key's digest in hexadecimal, so that the gateway's own settings need not hold the key. Before either may stand
/// the role and a colon, such as <c>viewer:vop_...</c>; without it the key is an admin's. Further keys are made over REST.
/// </summary>
/// <param name="Secret">at least 32 bytes</param>
/// <param name="OperatorKeys">roles and SHA-256 digests</param>
internal sealed record GatewaySecrets(byte[] Secret, IList<OwnOperatorKey> OperatorKeys)
{
    private const string SecretName = "VELTRIX_SECRET";
    private const string KeysName = "VELTRIX_OPERATOR_KEYS";
    private const string KeyPrefix = "vop_";
    private const string DigestPrefix = "sha256:";
    private const int LeastSecret = 32;
    private const int LeastDifferent = 16;
    private const int LeastDifferentInKey = 8;
    private const int LeastKey = 36;

    /// <exception cref="ClusterSettingsException">A secret is missing, too short or not what it should be. The sentence never repeats it.</exception>
    public static GatewaySecrets Read(IConfiguration configuration)
    {
        if (configuration[SecretName] is not { Length: > 0 } text)
        {
            throw new ClusterSettingsException($"{SecretName} is not set: give all gateways of the cluster the same 32 random bytes in base64, such as from `openssl rand -base64 32`.");
        }

        var secret = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, secret, out var length) || length < LeastSecret)
        {
            throw new ClusterSettingsException($"{SecretName} is not {LeastSecret} or more bytes in base64: make it with `openssl rand -base64 32`.");
        }

        // Of 32 random bytes about 30 differ. What an example shows or a person types is no secret, whatever its length.
        if (secret.AsSpan(0, length).ToArray().Distinct().Count() < LeastDifferent)
        {
            throw new ClusterSettingsException($"{SecretName} is not random: make it with `openssl rand -base64 32`.");
        }

        var keys = (configuration[KeysName] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (keys.Length == 0)
        {
            throw new ClusterSettingsException($"{KeysName} is not set: give at least one operator's key, such as {KeyPrefix} and what `openssl rand -hex 32` prints, or {DigestPrefix} and its digest.");
        }

        return new GatewaySecrets(secret[..length], [.. keys.Select(Read)]);
    }

    private static OwnOperatorKey Read(string key, int index)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? null : key[..colon]) switch
        {
            "viewer" => new OwnOperatorKey(OperatorRole.Viewer, HashOf(key[(colon + 1)..], index)),
            "operator" => new OwnOperatorKey(OperatorRole.Operator, HashOf(key[(colon + 1)..], index)),
            "admin" => new OwnOperatorKey(OperatorRole.Admin, HashOf(key[(colon + 1)..], index)),
            _ => new OwnOperatorKey(OperatorRole.Admin, HashOf(key, index)),
        };
    }

    private static byte[] HashOf(string key, int index)
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        if (key.StartsWith(DigestPrefix, StringComparison.Ordinal) && key.Length == DigestPrefix.Length + (2 * digest.Length)
            && Convert.FromHexString(key.AsSpan(DigestPrefix.Length), digest, out _, out _) is OperationStatus.Done)
        {
            return digest;
        }

        return key.StartsWith(KeyPrefix, StringComparison.Ordinal) && key.Length >= LeastKey && key[KeyPrefix.Length..].Distinct().Count() >= LeastDifferentInKey
            ? SHA256.HashData(Encoding.UTF8.GetBytes(key))
            : throw new ClusterSettingsException(
                $"Key {index + 1} of {KeysName} is neither {KeyPrefix} and at least {LeastKey - KeyPrefix.Length} random characters nor {DigestPrefix} and 64 hexadecimal digits, with viewer:, operator: or admin: before it where it is not to be an admin's.");
    }
}
