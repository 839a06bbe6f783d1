using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Veltrix.Commands.Cluster;
using Veltrix.Contracts;

namespace Veltrix.Swarm.Tests.Cluster;

public sealed class GatewaySecretsTests
{
    private const string Key = "vop_0123456789abcdef0123456789abcdef";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    [Theory]
    [InlineData(null, "VELTRIX_SECRET is not set")]
    [InlineData("", "VELTRIX_SECRET is not set")]
    [InlineData("hush! no base64, though it has more than 32 characters", "VELTRIX_SECRET is not 32 or more bytes in base64")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", "VELTRIX_SECRET is not 32 or more bytes in base64")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "VELTRIX_SECRET is not random")]
    [InlineData("Y2hhbmdlLW1lLWNoYW5nZS1tZS1jaGFuZ2UtbWUtY2hhbmdlLW1l", "VELTRIX_SECRET is not random")]
    public void Read_ASecretThatCannotBeUsed_IsRefusedWithTheMendAndNotRepeated(string? secret, string said)
    {
        var sentence = Refusal(secret, Key);

        Assert.StartsWith(said, sentence, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", sentence, StringComparison.Ordinal);
        Assert.True(string.IsNullOrEmpty(secret) || !sentence.Contains(secret, StringComparison.Ordinal), sentence);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ,")]
    public void Read_NoKeys_IsRefusedWithTheMend(string? keys)
    {
        var sentence = Refusal(Convert.ToBase64String(Secret), keys);

        Assert.StartsWith("VELTRIX_OPERATOR_KEYS is not set", sentence, StringComparison.Ordinal);
        Assert.Contains("openssl rand -hex 32", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vop_0123456789abcdef0123456789abcde")]
    [InlineData("vop_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("vep_0123456789abcdef0123456789abcdef")]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde")]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg")]
    [InlineData("owner:vop_0123456789abcdef0123456789abcdef")]
    [InlineData("viewer:operator:vop_0123456789abcdef0123456789abcdef")]
    [InlineData("SHA256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Read_AKeyThatIsNone_IsNamedByItsPlaceAndNotRepeated(string key)
    {
        var sentence = Refusal(Convert.ToBase64String(Secret), $"{Key}, {key}");

        Assert.StartsWith("Key 2 of VELTRIX_OPERATOR_KEYS is neither", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(key[7..], sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(Key[4..], sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_KeysAndDigests_AreTheSame()
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Key));

        var read = GatewaySecrets.Read(Configuration(
            Convert.ToBase64String(Secret), $" {Key} ,sha256:{Convert.ToHexStringLower(digest)},,sha256:{Convert.ToHexString(digest)}"));

        Assert.Equal(Secret, read.Secret);
        Assert.Equal([digest, digest, digest], read.OperatorKeys.Select(key => key.Digest));
        Assert.All(read.OperatorKeys, key => Assert.Equal(OperatorRole.Admin, key.Role));
    }

    [Fact]
    public void Read_KeysWithARole_HaveIt()
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Key));

        var read = GatewaySecrets.Read(Configuration(
            Convert.ToBase64String(Secret), $"viewer:{Key},operator:sha256:{Convert.ToHexStringLower(digest)},admin:{Key}"));

        Assert.Equal([OperatorRole.Viewer, OperatorRole.Operator, OperatorRole.Admin], read.OperatorKeys.Select(key => key.Role));
        Assert.All(read.OperatorKeys, key => Assert.Equal(digest, key.Digest));
    }

    private static string Refusal(string? secret, string? keys) =>
        Assert.Throws<ClusterSettingsException>(() => GatewaySecrets.Read(Configuration(secret, keys))).Message;

    private static IConfiguration Configuration(string? secret, string? keys) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["VELTRIX_SECRET"] = secret, ["VELTRIX_OPERATOR_KEYS"] = keys })
        .Build();
}
